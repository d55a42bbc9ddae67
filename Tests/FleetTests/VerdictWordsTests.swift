// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

@Suite("A verdict in words")
struct VerdictWordsTests {
    @Test(
        "says what is missing beside what failed",
        arguments: [
            ("passed", ["complete": 48], "passed"),
            ("failed", ["complete": 48], "failed"),
            ("failed", ["complete": 44, "incomplete": 2, "lost": 1, "expired": 1], "failed, 4 of 48 jobs missing"),
            (
                "failed", ["complete": 43, "rejected": 1, "undeliverable": 4],
                "failed, 1 of 48 jobs rejected, 4 missing"
            ),
            ("incomplete", ["complete": 46, "lost": 1, "canceled": 1], "incomplete, 1 of 48 jobs missing, 1 canceled"),
            ("canceled", ["complete": 9, "canceled": 38, "lost": 1], "canceled, 1 of 48 jobs missing"),
            ("passed", ["complete": 48, "an outcome of a later version": 1], "passed"),
        ] as [(String, [String: Int], String)]
    )
    func line(verdict: String, outcomes: [String: Int], line: String) {
        #expect(VerdictWords(verdict, outcomes: outcomes, total: 48).line == line)
    }

    @Test("of a single job, and of very many")
    func numbers() {
        #expect(
            VerdictWords("incomplete", outcomes: ["lost": 1], total: 1).headline == "INCOMPLETE, 1 of 1 job missing"
        )
        let many = VerdictWords("failed", outcomes: ["lost": 1_234], total: 48_000)
        #expect(many.line == "failed, 1,234 of 48,000 jobs missing")
    }

    @Test("Each job counts once: passed, failed, missing or canceled")
    func counts() {
        let jobs = JobCounts(total: 48, pending: 4, failures: 9, missing: 3, canceled: 2)
        #expect(jobs.ended == 44 && jobs.failed == 6 && jobs.missing == 3 && jobs.canceled == 2 && jobs.passed == 33)
        #expect(VerdictWords(.canceled, jobs).line == "canceled, 6 of 48 jobs failed, 3 missing")
        #expect(VerdictWords(.failed, jobs).line == "failed, 3 of 48 jobs missing, 2 canceled")
    }
}
