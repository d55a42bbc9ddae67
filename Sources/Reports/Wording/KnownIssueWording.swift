// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Known issues in words, the same in every form of a report.
enum KnownIssueWording {
    static let failures = "Known failures"
    static let passing = "Known issues that pass now"

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
