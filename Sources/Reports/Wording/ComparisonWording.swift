// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A comparison in words, the same in every form of a report.
enum ComparisonWording {
    /// Tests that have changed in one way.
    struct Kind {
        let title: String
        let tests: ComparedTests
        let isGood: Bool
    }

    /// What has changed, worst first.
    static func kinds(of comparison: ReportedComparison) -> [Kind] {
        [
            Kind(title: "Regressions", tests: comparison.regressions, isGood: false),
            Kind(title: "New failures", tests: comparison.newFailures, isGood: false),
            Kind(title: "Tests that have vanished", tests: comparison.vanished, isGood: false),
            Kind(title: "Fixes", tests: comparison.fixes, isGood: true),
        ]
    }

    /// What the report is compared with, or why with nothing.
    static func sentence(_ baseline: ReportedBaseline, nameLength: Int) -> String {
        switch baseline {
        case .none:
            return "Not compared: no earlier jobset of this project has finished with a complete job in any of its"
                + " environments."
        case .unknown(let name):
            return "Not compared: the baseline \(HarmlessText.line(name, limit: nameLength)) is not there, or is"
                + " none that this project may be compared with."
        case .unfinished(let name):
            return "Not compared: the baseline \(HarmlessText.line(name, limit: nameLength)) has not finished."
        case .compared(let comparison): return "Compared with \(words(comparison.jobset, nameLength))."
        case .uncompared(let comparison): return "Not compared with \(words(comparison.jobset, nameLength))."
        }
    }

    private static func words(_ jobset: BaselineJobset, _ nameLength: Int) -> String {
        let build = HarmlessText.line(jobset.build, limit: nameLength)
        let named = jobset.isNamed ? ", as its publisher wants" : ""
        return "\(build), which finished \(Timestamp.readable(jobset.finishedAt)) as"
            + " \(jobset.verdict.rawValue) (jobset \(jobset.id.text))\(named)"
    }

    /// `3 regressions, 1 fix`; `nothing has changed`.
    static func summary(_ comparison: ReportedComparison) -> String {
        let parts = [
            (comparison.regressions.total, "regression", "regressions"),
            (comparison.newFailures.total, "new failure", "new failures"),
            (comparison.fixes.total, "fix", "fixes"),
            (comparison.vanished.total, "vanished", "vanished"),
            (comparison.stillFailing, "still failing", "still failing"),
        ].filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.0 == 1 ? $0.1 : $0.2)" }
        return parts.isEmpty ? "nothing has changed" : parts.joined(separator: ", ")
    }

    /// What is not compared; `nil` where all is.
    static func gaps(_ comparison: ReportedComparison) -> String? {
        let missing = comparison.missingEnvironments
        guard missing > 0 else { return nil }
        let environments = missing == 1 ? "1 environment" : "\(missing.grouped) environments"
        return "\(environments) of the baseline had no job this time and \(missing == 1 ? "is" : "are") not compared."
    }

    /// What a test said before and says now: `pass -> fail`.
    static func change(of test: ComparedTest) -> String {
        let words = "\(test.before?.rawValue ?? "new") -> \(test.after?.rawValue ?? "gone")"
        return test.isJobIncomplete ? "\(words), job not complete" : words
    }

    /// A suite with its run and role, where those say something.
    static func suite(_ suite: String, run: Int = 1, role: String?, nameLength: Int) -> String {
        let run = run > 1 ? " (run \(run))" : ""
        let role = role.map { " (role \(HarmlessText.line($0, limit: nameLength)))" } ?? ""
        return HarmlessText.line(suite, limit: nameLength) + run + role
    }
}
