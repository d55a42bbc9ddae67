// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// A project's list of failing tests, as it is mailed.
enum MailedDigest {
    /// A line that is its subject, and all that is to be said.
    static func text(_ tests: [FailingTest], of project: String, publicURL: String?) -> String {
        let total = tests.first?.total ?? 0
        let count = total == 1 ? "1 test fails" : "\(total) tests fail"
        var lines = ["[\(project)] Weekly digest: \(total == 0 ? "no test fails" : count)"]
        if total == 0 {
            lines.append("No test of \(project) failed when its suite last ran within the last 30 days.")
        } else {
            let listed = total > tests.count ? " The first \(tests.count) by environment and suite are listed." : ""
            lines.append(
                "\(count) in \(project), each when its suite last ran.\(listed) The oldest failures come first."
            )
        }
        var since: String?
        for test in tests {
            let heading = heading(test)
            if heading != since { lines += ["", heading] }
            since = heading
            let times = test.failures == 1 ? "once" : "\(test.failures) times"
            let name = HarmlessText.line("\(test.suite)/\(test.name)", limit: 300)
            lines.append("  \(HarmlessText.line(test.environment, limit: 100)): \(name) (\(times))")
        }
        if total > tests.count { lines += ["", "\(total - tests.count) more are not listed."] }
        if let publicURL { lines += ["", PublicPage.address("/projects/\(project)", at: publicURL)] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func heading(_ test: FailingTest) -> String {
        let day = test.since.formatted(.iso8601.year().month().day())
        return test.sinceVersion.map { "since \(HarmlessText.line($0, limit: 100)) (\(day)):" } ?? "since \(day):"
    }
}
