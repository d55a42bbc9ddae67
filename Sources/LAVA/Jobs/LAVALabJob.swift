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
