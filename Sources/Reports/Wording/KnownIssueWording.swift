// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Known issues in words, the same in every form of a report.
enum KnownIssueWording {
    /// The failures that a project knows of, and what it knows of that passes, each under its title.
    static func sections(of report: FinishedJobsetReport) -> [(title: String, issues: [KnownIssueOutcome])] {
        let (failures, passing) = (report.knownFailures, report.passingAgain)
        return [
            ("Known failures (\(report.totals.tests.xfail.grouped))", failures),
            ("Known issues that pass now (\(passing.count.grouped))", passing),
        ].filter { !$0.1.isEmpty }
    }

    /// `ltp/fcntl*: 12 failures in 3 environments`; of one that passes, how often.
    static func line(_ issue: KnownIssueOutcome, nameLength: Int) -> String {
        let pattern = HarmlessText.line(issue.pattern.line, limit: nameLength)
        guard issue.failures > 0 else { return "\(pattern): passed \(times(issue.passes)) and did not fail" }
        let failures = "\(issue.failures.grouped) \(issue.failures == 1 ? "failure" : "failures")"
        let place =
            "\(issue.environments.grouped) \(issue.environments == 1 ? "environment" : "environments")"
        let passes = issue.passes > 0 ? "; passed \(times(issue.passes))" : ""
        return "\(pattern): \(failures) in \(place)\(passes)"
    }

    private static func times(_ number: Int) -> String { number == 1 ? "once" : "\(number.grouped) times" }
}
