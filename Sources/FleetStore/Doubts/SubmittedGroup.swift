// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A lab job of an attempt, as a lab gave it back or as it was found there.
package struct SubmittedLabJob: Sendable, Hashable {
    /// LAVA's own number.
    package let number: Int
    /// LAVA's name for a member of a multinode group, such as `39.1`.
    package let subID: String?
    /// LAVA's role of a member of a multinode group.
    package let role: String?

    /// A lab job as given.
    package init(number: Int, subID: String? = nil, role: String? = nil) {
        self.number = number
        self.subID = subID.map(\.storable)
        self.role = role.map(\.storable)
    }
}

/// What one request to submit has made in a lab: one lab job, or the members of a multinode group.
package struct SubmittedGroup: Sendable, Hashable {
    /// The job, or the members that are known.
    package let labJobs: [SubmittedLabJob]
    /// How many the lab says there are.
    package let size: Int

    /// A group as given; one whose size is not known has no more than these.
    package init(_ labJobs: [SubmittedLabJob], size: Int? = nil) {
        self.labJobs = labJobs
        self.size = max(size ?? 0, labJobs.count)
    }

    /// Whether one of its lab jobs has one of these numbers.
    func contains(anyOf numbers: Set<Int>) -> Bool { labJobs.contains { numbers.contains($0.number) } }
}
