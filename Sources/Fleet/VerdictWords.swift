// SPDX-License-Identifier: Apache-2.0

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
