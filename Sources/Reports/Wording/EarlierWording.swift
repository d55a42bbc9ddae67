// SPDX-License-Identifier: Apache-2.0

import Fleet

/// How often tests failed before, in words, the same in every form of a report.
enum EarlierWording {
    /// `(failed 7 of the last 20)`, after a space.
    static func aside(_ line: FailureLine) -> String { aside(line.earlier) }

    /// Nothing of what has not run twice: the comparison tells of that.
    private static func aside(_ runs: EarlierRuns?) -> String {
        guard let runs, runs.ran > 1 else { return "" }
        return " (failed \(runs.failed.grouped) of the last \(runs.ran.grouped))"
    }

    /// The same of a test on many boards, each of them once.
    static func aside(_ lines: [FailureLine]) -> String {
        let runs = Dictionary(lines.map { ($0.environment, $0.earlier) }) { first, _ in first }
        return aside(runs.values.compactMap(\.self).reduce(EarlierRuns(failed: 0, ran: 0), +))
    }
}
