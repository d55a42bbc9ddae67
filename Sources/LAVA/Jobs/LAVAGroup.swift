// SPDX-License-Identifier: Apache-2.0

/// What a member of a multinode group says of its group. LAVA writes it into each member's re-dumped definition,
/// below `protocols: lava-multinode:`, and nowhere else in REST.
public struct LAVAGroup: Sendable, Equatable {
    /// The name LAVA gave the group, a UUID; every member has the same.
    public var targetGroup: String

    /// This member's place, from 0.
    public var subID: Int

    /// The ids of all members, ascending.
    public var memberIDs: [Int]
}
