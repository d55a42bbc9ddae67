// SPDX-License-Identifier: Apache-2.0

/// What a submission made, as it is needed to follow it: one for a job, or one for each member of a multinode group.
public struct LAVALabJob: Sendable, Hashable, Identifiable {
    /// The number that every request about it takes.
    public var number: Int

    /// The name within a multinode group, such as `39.1`; nil for any other job.
    public var subID: String?

    /// The role within a multinode group; nil for any other job.
    public var role: String?

    /// The number.
    public var id: Int { number }

    /// One lab job.
    public init(number: Int, subID: String? = nil, role: String? = nil) {
        self.number = number
        self.subID = subID
        self.role = role
    }

    /// What is needed of a job that a lab showed.
    public init(_ job: LAVAJob) {
        self.init(number: job.id, subID: job.subID, role: job.role)
    }
}

/// What LAVA calls a job it has just taken: `21`, or `39.0` and `39.1` for a multinode group.
public struct LAVALabJobID: Sendable, Hashable, CustomStringConvertible {
    /// The name as LAVA wrote it.
    public let text: String

    /// The number that requests take. For a multinode member it is known only of the first (`39.0` is job 39);
    /// the others' are their own, and usually but not surely follow it: see ``LAVAClient/members(ofGroup:)``.
    public let number: Int?

    /// The number in front of the point, for a multinode member.
    public let group: Int?

    /// Whether it is a member of a multinode group.
    public var isMultinode: Bool { group != nil }

    /// The name as LAVA wrote it.
    public var description: String { text }

    /// Reads a name; nil if it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let number = Int(first), number > 0, parts.count <= 2 else { return nil }
        self.text = text
        if parts.count == 2 {
            guard let place = Int(parts[1]), place >= 0 else { return nil }
            self.group = number
            self.number = place == 0 ? number : nil
        } else {
            self.group = nil
            self.number = number
        }
    }
}
