// SPDX-License-Identifier: Apache-2.0

/// How the jobs of a jobset ended, counted as its verdict counts them. Each job counts once.
package struct JobCounts: Sendable, Equatable {
    /// How many there are, also of those that have not ended.
    package var total: Int
    /// How many have ended.
    package var ended: Int
    /// Those that failed: complete with a failed test, or rejected by their lab, which is for their author to fix.
    package var failed: Int
    /// Those that have ended without saying what they were to say: incomplete, lost, expired or undeliverable.
    package var missing: Int
    /// Those that were canceled.
    package var canceled: Int

    /// - Parameter failures: All that keep the jobset from passing though nobody canceled them: failed and missing.
    package init(total: Int, pending: Int, failures: Int, missing: Int, canceled: Int) {
        self.total = total
        ended = max(0, total - pending)
        self.missing = missing
        self.canceled = canceled
        failed = max(0, failures - missing)
    }

    /// Those that completed without a failed test.
    package var passed: Int { max(0, ended - failed - missing - canceled) }
}

extension JobOutcome {
    /// Whether a job that ended so has not said what it was to say, and neither its author nor anybody's cancellation is
    /// the reason.
    package var isMissing: Bool {
        switch self {
        case .incomplete, .lost, .expired, .undeliverable: true
        case .complete, .canceled, .rejected: false
        }
    }
}

extension Jobset {
    /// How its jobs ended.
    package var jobCounts: JobCounts {
        JobCounts(
            total: total,
            pending: pending,
            failures: failures,
            missing: missing,
            canceled: outcomes[JobOutcome.canceled.rawValue] ?? 0
        )
    }
}
