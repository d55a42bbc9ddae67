// SPDX-License-Identifier: Apache-2.0

import Fleet

/// The last line of a wait: what became of the jobset.
enum VerdictLine {
    /// `failed, 1 of 6 jobs missing: 6 jobs (5 complete, 1 lost), 120 tests (117 passed, 3 failed)`.
    static func text(_ status: Jobset, on terminal: Terminal = .plain) -> String {
        let words = status.verdictWords
        let painted = Colour(word: words.word)?.paint(words.word, on: terminal) ?? words.word
        let verdict = [painted, words.remark].compactMap(\.self).joined(separator: ", ")
        return "\(verdict): \(jobs(status)), \(tests(status))"
    }

    /// How many jobs ended how.
    static func jobs(_ status: Jobset) -> String {
        let outcomes = status.outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let open = [(status.inLab, "in lab"), (status.waiting, "waiting")].filter { $0.0 > 0 }
        let parts = outcomes.map { "\($0.value) \($0.key)" } + open.map { "\($0.0) \($0.1)" }
        return counted(status.total, "job", parts)
    }

    /// A number of jobs.
    static func jobs(_ number: Int) -> String { number == 1 ? "1 job" : "\(number) jobs" }

    /// What the test cases said.
    static func tests(_ status: Jobset) -> String { tests(status.tests) }

    /// What the test cases said.
    static func tests(_ tests: TestCounts) -> String {
        counted(tests.total, "test", tests.words { "\($0)" })
    }

    private static func counted(_ number: Int, _ noun: String, _ parts: [String]) -> String {
        let head = number == 0 ? "no \(noun)s" : number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
        return parts.isEmpty ? head : "\(head) (\(parts.joined(separator: ", ")))"
    }
}
