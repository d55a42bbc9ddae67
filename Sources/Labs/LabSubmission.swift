// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A lab job as it is needed to follow it.
package struct LabJobReference: Sendable, Hashable {
    package let id: LabJobID
    /// The name within a group, such as LAVA's `39.1`; nil for any other job.
    package let subID: String?
    /// The role within a group.
    package let role: String?

    package init(id: LabJobID, subID: String? = nil, role: String? = nil) {
        self.id = id
        self.subID = subID
        self.role = role
    }
}

/// What one request to submit has made in a lab: a job, or the members of a group.
package struct LabSubmission: Sendable, Equatable {
    /// What a definition makes.
    package enum Kind: Sendable {
        case job, group
    }

    /// The job, or the members that the lab shows. Never empty.
    package let jobs: [LabJobReference]
    /// How many the lab says there are, at least as many as are shown.
    package let size: Int
    /// The user who submitted it; empty if the lab does not say.
    package let submitter: String
    /// When the lab took the first of them, by the lab's clock.
    package let submitTime: Date?

    package init(_ jobs: [LabJobReference], size: Int? = nil, submitter: String = "", submitTime: Date? = nil) {
        self.jobs = jobs
        self.size = max(size ?? 0, jobs.count)
        self.submitter = submitter
        self.submitTime = submitTime
    }

    /// Whether the lab shows all of it. A group may still be growing, or never become whole.
    package var isWhole: Bool { jobs.count >= size }
}

/// What is looked for in a lab: what it has made of an attempt.
package struct LabSearch: Sendable {
    /// The attempt.
    package let tag: UUID
    /// A moment before the first submission, by the lab's clock; it bounds what the lab must search.
    package let since: Date
    /// What the definition makes, where that is known: then the lab is asked for nothing else.
    package let kind: LabSubmission.Kind?
    /// Only what comes behind this one: where an earlier search has not taken all.
    package let after: LabJobID?
    /// A lab job that is known to be the attempt's. What belongs to it is found in any case, also where the search
    /// begins behind it.
    package let own: LabJobID?

    package init(
        tag: UUID,
        since: Date,
        kind: LabSubmission.Kind? = nil,
        after: LabJobID? = nil,
        own: LabJobID? = nil
    ) {
        self.tag = tag
        self.since = since
        self.kind = kind
        self.after = after
        self.own = own
    }
}

/// What one search has found.
package struct LabFindings: Sendable, Equatable {
    /// Each request's jobs apart: whole ones first, then in the order in which the lab took them.
    package let submissions: [LabSubmission]
    /// Behind which one the lab has more, for the next search; nil if these are all.
    package let moreAfter: LabJobID?

    package init(_ submissions: [LabSubmission], moreAfter: LabJobID? = nil) {
        self.submissions = submissions
        self.moreAfter = moreAfter
    }
}
