// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A report in one line, such as a mail's subject: what it tells of first, then the verdict and what it comes from.
package enum ReportSubject {
    /// `[group/project] version: FAILED, 2 of 120 jobs missing, 3 of 741 tests failed`.
    ///
    /// - Parameter document: A report as the archive keeps it, in JSON.
    /// - Throws: `DecodingError` for what is no report.
    package static func line(_ document: String) throws -> String {
        let head = try JSONDecoder().decode(ReportHead.self, from: Data(document.utf8))
        let jobset = head.jobset
        let name = Build(jobset.build).map { "[\($0.group)/\($0.project)] \($0.version)" } ?? jobset.build
        let again = jobset.generation > 1 ? ", retried" : ""
        let jobs = head.totals.jobs
        let words = VerdictWords(head.verdict, outcomes: jobs, total: jobs["total"] ?? 0)
        let parts = ["\(name): \(words.headline)"] + reasons(head.totals.tests)
        return HarmlessText.line(parts.joined(separator: ", ") + again, limit: 200)
    }

    private static func reasons(_ tests: ReportHead.Totals.Tests) -> [String] {
        if tests.fail > 0 {
            return ["\(tests.fail.grouped) of \(tests.total.grouped) \(tests.total == 1 ? "test" : "tests") failed"]
        }
        return tests.pass > 0 ? ["\(tests.pass.grouped) \(tests.pass == 1 ? "test" : "tests") passed"] : []
    }
}

/// What a subject says, of a report in JSON.
private struct ReportHead: Decodable {
    struct Jobset: Decodable {
        let build: String
        let generation: Int
    }

    struct Totals: Decodable {
        struct Tests: Decodable {
            let total: Int
            let pass: Int
            let fail: Int
        }

        /// By outcome, and `total`.
        let jobs: [String: Int]
        let tests: Tests
    }

    let jobset: Jobset
    let verdict: String
    let totals: Totals
}
