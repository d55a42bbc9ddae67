// SPDX-License-Identifier: Apache-2.0

/// Something that is to be done to many jobsets, and to which.
package struct BulkRequest: Sendable {
    package let action: BulkAction
    /// Which jobsets, and how many at most. An environment and a lab also say which of their jobs are canceled or sent out
    /// again. Its scopes are the projects in which the caller may do this.
    package var filter: JobsetFilter
    /// Only jobs that have this text in their reason; of deliveries, in their last error.
    package var reason: String?
    /// The projects that the caller sees; `nil`: all.
    package var visible: [ProjectScope]?

    package init(
        _ action: BulkAction,
        _ filter: JobsetFilter,
        reason: String? = nil,
        visible: [ProjectScope]? = nil
    ) {
        self.action = action
        self.filter = filter
        // Every reason contains nothing.
        self.reason = reason.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        self.visible = visible
    }

    /// The most jobsets that one request can ask for, whatever a gateway allows.
    package static let maximumLimit = 1_000

    /// Whether it says nothing of what it is for: everything is nobody's wish.
    package var isForEverything: Bool { filter.isForEverything && reason == nil }

    /// Which jobs of the jobsets; `nil`: all that are left.
    package var jobs: JobFilter? {
        guard filter.environment != nil || filter.backend != nil || reason != nil else { return nil }
        var jobs = JobFilter()
        (jobs.environment, jobs.backend, jobs.reason) = (filter.environment, filter.backend, reason)
        return jobs
    }
}
