// SPDX-License-Identifier: Apache-2.0

internal import Yams

extension LAVAGroup {
    /// Reads the group out of a member's re-dumped definition; nil for a job that is no member.
    init?(definition: String) {
        guard let block = YAMLBlock.topLevel("protocols", of: definition), block.contains("lava-multinode"),
            let root = try? Yams.compose(yaml: block),
            let multinode = root.mapping?["protocols"]?.mapping?["lava-multinode"]?.mapping,
            let group = multinode["target_group"]?.scalar?.string,
            let place = multinode["sub_id"]?.scalar.flatMap({ Int($0.string) })
        else { return nil }
        self.targetGroup = group
        self.subID = place
        self.role = multinode["role"]?.scalar.map { Self.roleName($0.string) }
        self.size = multinode["group_size"]?.scalar.flatMap { Int($0.string) }
        self.roles = [:]
        for (key, value) in multinode["roles"]?.mapping ?? [:] {
            guard let id = key.scalar.flatMap({ Int($0.string) }), id > 0 else { continue }
            self.roles[id] = Self.roleName(value.scalar?.string ?? "")
        }
    }

    /// A role as LAVA's users write it, cut to what a page can show.
    private static func roleName(_ text: String) -> String { AnswerText.excerpt(text, limit: 200) }
}
