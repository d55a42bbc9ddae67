// SPDX-License-Identifier: Apache-2.0

/// What a document names that is not in it, and that may be somebody else's.
package struct DocumentNames: Sendable, Hashable {
    /// Whether it has jobs that a lab has already.
    package let hasWatchedJobs: Bool
    /// What its report is to be compared with.
    package let baseline: BaselineName?
}

extension JobsetDocument {
    /// What it names that is not in it.
    package var names: DocumentNames {
        DocumentNames(hasWatchedJobs: jobs.contains { $0.labJob != nil }, baseline: baseline)
    }
}

extension JobsetAddition {
    /// What it names that is not in it.
    package var names: DocumentNames {
        DocumentNames(hasWatchedJobs: jobs.contains { $0.labJob != nil }, baseline: nil)
    }
}
