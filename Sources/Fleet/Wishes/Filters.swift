// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Which jobs of a jobset to list.
package struct JobFilter: Sendable {
    /// Only those in this state.
    package var state: JobState?
    /// Only those that ended so.
    package var outcome: JobOutcome?
    /// Only those of this environment.
    package var environment: String?
    /// Only those that are called so, with or without the number that tells them apart.
    package var name: String?
    /// Only those for this lab.
    package var backend: String?
    /// Only those at these places in the document.
    package var positions: [Int]?
    /// Only those that ended at that time or later.
    package var finishedAfter: Date?
    /// `true`: only those that did not complete or have a failed test; `false`: only those that completed without.
    package var hasFailed: Bool?
    /// Only those that have this text in their reason, in whatever case; of those that wait, in what their submission last
    /// failed with.
    package var reason: String?

    /// All of them, to be narrowed down.
    package init() {}

    /// Whether it leaves nothing out.
    package var isForEverything: Bool {
        state == nil && outcome == nil && environment == nil && name == nil && backend == nil && positions == nil
            && finishedAfter == nil && hasFailed == nil && reason == nil
    }
}

/// Which test cases to list.
package struct ResultFilter: Sendable {
    /// Only those of the job at this place in the document.
    package var position: Int?
    /// Only those that said so.
    package var status: ResultStatus?
    /// Only those that said something else.
    package var isStatusExcluded: Bool
    /// With LAVA's own suite `lava`, too.
    package var includesLavaSuite: Bool
    /// At most so many.
    package var limit: Int
    /// Only those of this suite.
    package var suite: String?
    /// Only those that stand behind this one in the list.
    package var after: ResultPlace?

    /// A filter as given.
    package init(
        position: Int? = nil,
        status: ResultStatus? = nil,
        isStatusExcluded: Bool = false,
        includesLavaSuite: Bool = false,
        limit: Int = 10_000
    ) {
        self.position = position
        self.status = status
        self.isStatusExcluded = isStatusExcluded
        self.includesLavaSuite = includesLavaSuite
        self.limit = limit
    }
}

/// Where a test case stands in the list of its jobset's.
package struct ResultPlace: Sendable, Equatable, Decodable {
    /// Its job's place in the document.
    package let position: Int
    /// Its lab job's number.
    package let labJob: Int
    /// Its place among the lab job's results.
    package let index: Int

    /// A place from its parts.
    package init(position: Int, labJob: Int, index: Int) {
        self.position = position
        self.labJob = labJob
        self.index = index
    }
}

/// Which changes are meant.
package struct AuditFilter: Sendable, Equatable {
    /// Asked for with the token of this name.
    package var actor: String?
    /// Of this kind.
    package var action: String?
    /// Of this jobset.
    package var jobset: UUID?
    /// Before this row.
    package var before: Int?

    package init() {}
}
