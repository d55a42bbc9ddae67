// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A report in one line, such as a mail's subject: what it tells of first, then the verdict and what it comes from.
public enum ReportSubject {
    /// `[group/project] version: INCOMPLETE, 2 of 120 jobs did not complete, 3 tests failed`.
    public static func line(_ report: FinishedJobsetReport) -> String {
        let jobset = report.jobset
        let name = Build(jobset.build).map { "[\($0.group)/\($0.project)] \($0.version)" } ?? jobset.build
        let again = jobset.generation > 1 ? ", sent out again" : ""
        let parts = ["\(name): \(jobset.verdict.rawValue.uppercased())"] + reasons(report.totals)
        return HarmlessText.line(parts.joined(separator: ", ") + again, limit: 200)
    }

    private static func reasons(_ totals: ReportTotals) -> [String] {
        let missing = totals.jobs - (totals.outcomes[.complete] ?? 0)
        var reasons: [String] = []
        if missing > 0 {
            reasons.append(
                "\(missing.grouped) of \(totals.jobs.grouped) \(totals.jobs == 1 ? "job" : "jobs") did not complete"
            )
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
