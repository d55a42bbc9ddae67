// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// What a lab says of the end of one of its jobs, beside the job's health.
package struct LabVerdict: Sendable, Equatable {
    /// Pass for a job that completed, fail for one that did not.
    package var status: ResultStatus
    /// What kind of failure it was, such as LAVA's `Infrastructure`.
    package var errorType: String?
    package var errorMessage: String?

    package init(status: ResultStatus, errorType: String? = nil, errorMessage: String? = nil) {
        self.status = status
        self.errorType = errorType
        self.errorMessage = errorMessage
    }

    /// Whether it can only have been written at the end of a job with this health.
    package func confirms(_ health: LabHealth) -> Bool {
        switch (health, status) {
        case (.complete, .pass), (.incomplete, .fail), (.canceled, .fail): true
        default: false
        }
    }
}

/// One page of a lab job's results.
package struct LabResultPage: Sendable, Equatable {
    /// Those that could be read.
    package var rows: [ResultRow]
    /// How many results the job has in all, as the lab counts; nil if it does not say.
    package var totalCount: Int?
    /// How many could not be read, and what was wrong with the first.
    package var unreadableCount: Int
    package var fault: String?
    /// The lab's own word on the job, if it is on this page.
    package var verdict: LabVerdict?

    package init(
        rows: [ResultRow],
        totalCount: Int? = nil,
        unreadableCount: Int = 0,
        fault: String? = nil,
        verdict: LabVerdict? = nil
    ) {
        self.rows = rows
        self.totalCount = totalCount
        self.unreadableCount = unreadableCount
        self.fault = fault
        self.verdict = verdict
    }
}

/// Walks over the results of one lab job; a page is asked for when it is wanted, and none is kept.
package protocol LabResultPages {
    /// The next page, or nil after the last.
    mutating func next() async throws(LabError) -> LabResultPage?
}
