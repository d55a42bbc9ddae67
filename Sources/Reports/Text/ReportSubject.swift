// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A report in one line, such as a mail's subject: what it tells of first, then the verdict and what it comes from.
package enum ReportSubject {
    /// `[group/project] version: INCOMPLETE, 2 of 120 jobs did not complete, 3 tests failed`.
    ///
    /// - Parameter document: A report as the archive keeps it, in JSON.
    /// - Throws: `DecodingError` for what is no report.
    package static func line(_ document: String) throws -> String {
        let head = try JSONDecoder().decode(ReportHead.self, from: Data(document.utf8))
        let jobset = head.jobset
        let name = Build(jobset.build).map { "[\($0.group)/\($0.project)] \($0.version)" } ?? jobset.build
        let again = jobset.generation > 1 ? ", retried" : ""
        let parts = ["\(name): \(head.verdict.uppercased())"] + reasons(head.totals)
        return HarmlessText.line(parts.joined(separator: ", ") + again, limit: 200)
    }

    private static func reasons(_ totals: ReportHead.Totals) -> [String] {
        let (jobs, missing) = (totals.jobs.total, totals.jobs.total - totals.jobs.complete)
        var reasons: [String] = []
        if missing > 0 {
            reasons.append("\(missing.grouped) of \(jobs.grouped) \(jobs == 1 ? "job" : "jobs") did not complete")
        }
        let tests = totals.tests
        if tests.fail > 0 {
            reasons.append(
                "\(tests.fail.grouped) of \(tests.total.grouped) \(tests.total == 1 ? "test" : "tests") failed"
            )
        } else if tests.pass > 0 {
            reasons.append("\(tests.pass.grouped) \(tests.pass == 1 ? "test" : "tests") passed")
        }
        return reasons
    }
}

/// What a subject says, of a report in JSON.
private struct ReportHead: Decodable {
    struct Jobset: Decodable {
        let build: String
        let generation: Int
    }

    struct Totals: Decodable {
        struct Jobs: Decodable {
            let total: Int
            let complete: Int
        }

        struct Tests: Decodable {
            let total: Int
            let pass: Int
            let fail: Int
        }

        let jobs: Jobs
        let tests: Tests
    }

    let jobset: Jobset
    let verdict: String
    let totals: Totals
}
