// SPDX-License-Identifier: Apache-2.0

/// What became of a jobset as a whole.
///
/// A failed test weighs more than a missing job: no fault of a lab hides what is wrong with a build
/// ([decision 41](../../docs/decisions/0041-a-failed-test-weighs-more-than-a-missing-job.md)). `FinishJobs` in the store is
/// where a verdict is made, from the job rows.
package enum Verdict: String, Sendable, Codable, CaseIterable {
    /// Every job completed and no test failed.
    case passed
    /// Some test failed, or some definition was refused by its lab, whatever else is missing.
    case failed
    /// Nothing failed, but something is missing: some job did not complete, or never came.
    case incomplete
    /// The jobset was canceled.
    case canceled
}

/// A verdict together with what it does not tell alone, in one line: `failed, 4 of 48 jobs missing`. The same line is on
/// pages, in reports, mails and callbacks, and in the terminal.
package struct VerdictWords: Sendable, Equatable {
    /// `failed`; `running` while there is none.
    package let word: String
    /// `4 of 48 jobs missing`, `1 of 48 jobs rejected, 4 missing`; `nil` if there is nothing to add.
    package let remark: String?

    /// The words of a verdict on jobs that ended so. Outcomes that this version does not know are not told.
    package init(_ verdict: String, outcomes: [String: Int], total: Int) {
        func count(_ isCounted: (JobOutcome) -> Bool) -> Int {
            outcomes.reduce(0) { sum, entry in
                JobOutcome(rawValue: entry.key).map(isCounted) ?? false ? sum + entry.value : sum
            }
        }
        self.init(
            verdict,
            total: total,
            [
                (count { $0 == .rejected }, "rejected"), (count(\.isMissing), "missing"),
                (count { $0 == .canceled }, "canceled"),
            ]
        )
    }

    /// The words of a verdict on jobs that ended so.
    package init(_ verdict: Verdict, _ jobs: JobCounts) {
        // A failed verdict says already that some failed; a canceled one does not.
        let failed = verdict == .canceled ? jobs.failed : 0
        self.init(
            verdict.rawValue,
            total: jobs.total,
            [(failed, "failed"), (jobs.missing, "missing"), (jobs.canceled, "canceled")]
        )
    }

    private init(_ verdict: String, total: Int, _ parts: [(number: Int, what: String)]) {
        word = verdict
        // It says so itself.
        let told = parts.filter { $0.number > 0 && $0.what != verdict }
        remark =
            told.isEmpty
            ? nil
            : told.enumerated().map { index, part in
                let whole = index == 0 ? " of \(total.grouped) \(total == 1 ? "job" : "jobs")" : ""
                return "\(part.number.grouped)\(whole) \(part.what)"
            }.joined(separator: ", ")
    }

    /// `failed, 4 of 48 jobs missing`.
    package var line: String { [word, remark].compactMap(\.self).joined(separator: ", ") }

    /// The same with the verdict in capitals: `FAILED, 4 of 48 jobs missing`.
    package var headline: String { [word.uppercased(), remark].compactMap(\.self).joined(separator: ", ") }
}

extension Jobset {
    /// Its verdict in words; its state, while it has none.
    package var verdictWords: VerdictWords {
        guard let verdict else { return VerdictWords(state.rawValue, outcomes: [:], total: total) }
        return VerdictWords(verdict.rawValue, outcomes: outcomes, total: total)
    }
}

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
