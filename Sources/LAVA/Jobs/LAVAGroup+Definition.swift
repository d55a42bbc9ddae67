// SPDX-License-Identifier: Apache-2.0

internal import YAML

extension LAVAGroup {
    /// Reads the group out of a member's re-dumped definition; nil for a job that is no member.
    init?(definition: String) {
        guard definition.contains("lava-multinode"), var nodes = YAMLBlock.parsed("protocols", of: definition) else {
            return nil
        }
        let protocols = nodes.value("protocols", of: nodes.root)
        let multinode = nodes.value("lava-multinode", of: protocols)
        guard let group = nodes.text(nodes.value("target_group", of: multinode)),
            let place = nodes.text(nodes.value("sub_id", of: multinode)).flatMap({ Int($0) }),
            (0...1_000_000).contains(place)
        else { return nil }
        self.targetGroup = group
        self.subID = place
        self.role = nodes.text(nodes.value("role", of: multinode)).map(Self.roleName)
        let size = nodes.text(nodes.value("group_size", of: multinode)).flatMap { Int($0) }
        self.size = size.flatMap { (0...1_000_000).contains($0) ? $0 : nil }
        self.roles = [:]
        let roles = nodes.value("roles", of: multinode)
        for (key, value) in nodes.entries(of: roles).prefix(LAVASubmission.maximumSize) {
            guard let id = Int(key), id > 0 else { continue }
            self.roles[id] = Self.roleName(nodes.text(value) ?? "")
        }
    }

    /// A role as LAVA's users write it, cut to what a page can show.
    private static func roleName(_ text: String) -> String { AnswerText.excerpt(text, limit: 200) }
}
