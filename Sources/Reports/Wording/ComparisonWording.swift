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

    /// What is worse than before.
    static func worse(_ comparison: ReportedComparison) -> [Kind] {
        [
            Kind(title: "Regressions", tests: comparison.regressions, isGood: false),
            Kind(title: "New failures", tests: comparison.newFailures, isGood: false),
        ]
    }

    /// What was there before and is not any more.
    static func gone(_ comparison: ReportedComparison) -> [Kind] {
        [Kind(title: "Tests that have vanished", tests: comparison.vanished, isGood: false)]
    }

    /// What is better than before.
    static func better(_ comparison: ReportedComparison) -> [Kind] {
        [Kind(title: "Fixes", tests: comparison.fixes, isGood: true)]
    }

    /// How many measurements are not listed, and why; `nil` where all are.
    static func quietMetrics(_ report: FinishedJobsetReport) -> String? {
        let all = report.metrics.total
        let changed = report.changedMetrics.count
        guard all > changed else { return nil }
        let threshold = Quantity.readable(report.metricThreshold)
        guard report.comparison != nil else {
            return "\(all.grouped) \(all == 1 ? "measurement" : "measurements"), with no baseline to compare with."
        }
        let rest = (all - changed).grouped
        return changed == 0
            ? "None of \(all.grouped) changed by \(threshold) % or more."
            : all - changed == 1
                ? "1 other changed by less than \(threshold) %, or is new."
                : "\(rest) others changed by less than \(threshold) %, or are new."
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
        case .removed(let name):
            return "Not compared: the results of the baseline \(HarmlessText.line(name, limit: nameLength)) are no"
                + " longer kept."
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
            (comparison.missingSuiteTotal, "suite missing", "suites missing"),
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

    /// Jobs that are new, missing or renamed, a line for each kind.
    static func jobs(_ jobs: JobDifferences, limit: Int, nameLength: Int) -> [String] {
        func line(_ what: String, _ titles: [String]) -> String? {
            guard !titles.isEmpty else { return nil }
            let listed = titles.prefix(limit).map { HarmlessText.line($0, limit: nameLength) }
            let more = titles.count > listed.count ? ", and \((titles.count - listed.count).grouped) more" : ""
            return "\(what) (\(titles.count.grouped)): \(listed.joined(separator: ", "))\(more)."
        }
        let renamed = jobs.renamed.map { job in
            "\(job.environment) \(job.before ?? "(no name)") -> \(job.after ?? "(no name)")"
        }
        return [
            line("Jobs of the baseline that are missing", jobs.missing.map(\.title)),
            line("New jobs", jobs.new.map(\.title)), line("Renamed jobs", renamed),
        ].compactMap(\.self)
    }

    /// Suites that brought results in the baseline and bring none now, a line for each.
    static func missingSuites(_ comparison: ReportedComparison, limit: Int, nameLength: Int) -> [String] {
        let listed = comparison.missingSuites.prefix(limit)
        let lines = listed.map { missing in
            let title = HarmlessText.line(JobTitle.line(missing.environment, missing.jobName), limit: nameLength)
            let name = suite(missing.suite, run: missing.suiteRun, role: missing.role, nameLength: nameLength)
            let tests = Int(missing.tests)
            return "\(title): \(name), \(tests.grouped) \(tests == 1 ? "test" : "tests")"
        }
        let more = comparison.missingSuiteTotal - listed.count
        return more > 0 ? lines + ["and \(more.grouped) more"] : lines
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
