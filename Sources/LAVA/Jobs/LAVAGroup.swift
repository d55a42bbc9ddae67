// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// What a member of a multinode group says of its group. LAVA writes it into each member's re-dumped definition,
/// below `protocols: lava-multinode:`, and nowhere else in REST.
public struct LAVAGroup: Sendable, Equatable {
    /// The name LAVA gave the group, a UUID; every member has the same.
    public var targetGroup: String

    /// This member's place, from 0.
    public var subID: Int

    /// This member's own role.
    public var role: String?

    /// How many members the group has, as LAVA counted them (`group_size`).
    public var size: Int?

    /// The role of each member by its id. LAVA lists them once all have a device; until then it is empty.
    public var roles: [Int: String]

    /// The ids of all members, ascending; empty until all have a device.
    public var memberIDs: [Int] { roles.keys.sorted() }

    /// A group by hand, for tests of what uses one.
    public init(targetGroup: String, subID: Int, role: String? = nil, size: Int? = nil, roles: [Int: String]) {
        self.targetGroup = targetGroup
        self.subID = subID
        self.role = role
        self.size = size
        self.roles = roles
    }
}

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
