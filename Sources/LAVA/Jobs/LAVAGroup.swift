// SPDX-License-Identifier: Apache-2.0

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
