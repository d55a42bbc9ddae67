// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Ends of jobs in words, the same in every form of a report.
enum OutcomeWording {
    /// How a job or an attempt ended. One that did not should not be in a report.
    static func word(_ outcome: JobOutcome?) -> String { outcome?.rawValue ?? "not ended" }

    /// The title of the jobs that completed and pass, though they say nothing.
    static let emptyJobs = "Jobs that completed without what they should have brought"

    /// Both ends of a job that was sent out again: `lost -> complete`.
    static func words(_ change: JobChange) -> String {
        let (before, after) = (words(change.before), words(change.after))
        return before == after ? "still \(after)" : "\(before) -> \(after)"
    }

    /// How it ended, and how many tests failed.
    private static func words(_ end: JobChange.End) -> String {
        end.tests.fail > 0 ? "\(end.outcome.rawValue), \(end.tests.fail.grouped) failed" : end.outcome.rawValue
    }
}
