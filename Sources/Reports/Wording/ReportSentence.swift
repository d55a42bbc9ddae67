// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What became of a build in one sentence that can be read aloud.
enum ReportSentence {
    static func text(_ report: FinishedJobsetReport, nameLength: Int) -> String {
        let build = report.jobset.build
        let name = HarmlessText.line(Build(build)?.version ?? build, limit: nameLength)
        let parts = list(facts(report, nameLength))
        switch report.verdict {
        case .passed: return "\(name) passed: \(passed(report))\(missingSuites(report).map { "; \($0)" } ?? "")."
        case .failed: return "\(name) failed: \(parts)\(known(report))."
        case .incomplete:
            let missing = parts.isEmpty ? "not all of its jobs arrived" : parts
            return "\(name) is incomplete: no test failed, but \(missing)\(known(report))."
        case .canceled:
            let complete = report.totals.outcomes[.complete] ?? 0
            let rest = parts.isEmpty ? "" : "; \(parts)"
            return "\(name) was canceled when \(of(complete, report.totals.jobs)) had completed\(rest)\(known(report))."
        }
    }

    /// What failed and is no news.
    private static func known(_ report: FinishedJobsetReport) -> String {
        let failures = report.totals.tests.xfail
        guard failures > 0 else { return "" }
        return "; \(failures.grouped) known \(failures == 1 ? "failure is" : "failures are") not counted"
    }

    /// What is wrong, worst first.
    private static func facts(_ report: FinishedJobsetReport, _ nameLength: Int) -> [String] {
        let totals = report.totals
        let tests = totals.tests
        func jobs(_ isCounted: (JobOutcome) -> Bool) -> Int {
            totals.outcomes.reduce(0) { isCounted($1.key) ? $0 + $1.value : $0 }
        }
        let (rejected, missing) = (jobs { $0 == .rejected }, jobs(\.isMissing))
        let canceled = report.verdict == .canceled ? 0 : jobs { $0 == .canceled }
        var facts: [String] = []
        if tests.fail > 0 {
            let noun = tests.total == 1 ? "test" : "tests"
            facts.append("\(tests.fail.grouped) of \(tests.total.grouped) \(noun) failed" + news(report, nameLength))
        }
        if rejected > 0 {
            facts.append("\(of(rejected, totals.jobs)) \(rejected == 1 ? "was" : "were") refused by the lab")
        }
        if missing > 0 { facts.append("\(of(missing, totals.jobs)) \(missing == 1 ? "is" : "are") missing") }
        if canceled > 0 { facts.append("\(of(canceled, totals.jobs)) \(canceled == 1 ? "was" : "were") canceled") }
        return facts + [missingSuites(report)].compactMap(\.self)
    }

    /// What is missing though no job says so.
    private static func missingSuites(_ report: FinishedJobsetReport) -> String? {
        let suites = report.comparison?.missingSuiteTotal ?? 0
        guard suites > 0 else { return nil }
        return "\(suites.grouped) \(suites == 1 ? "suite brings" : "suites bring") no results any more"
    }

    /// How many of the failed tests did not fail in the baseline.
    private static func news(_ report: FinishedJobsetReport, _ nameLength: Int) -> String {
        guard let comparison = report.comparison else { return "" }
        let fresh = comparison.regressions.total + comparison.newFailures.total
        let build = comparison.jobset.build
        let name = HarmlessText.line(Build(build)?.version ?? build, limit: nameLength)
        return fresh == 0 ? ", none of them new since \(name)" : ", \(fresh.grouped) of them new since \(name)"
    }

    private static func passed(_ report: FinishedJobsetReport) -> String {
        let (jobs, tests) = (report.totals.jobs, report.totals.tests)
        guard jobs > 0 else { return "it had no jobs" }
        let place = jobs == 1 ? "1 job" : "\(jobs.grouped) jobs"
        guard tests.total > 0 else { return "\(place) completed without a test" }
        let others = tests.total - tests.pass
        guard others > 0 else {
            return tests.pass == 1
                ? "the only test of \(place) passed" : "all \(tests.pass.grouped) tests of \(place) passed"
        }
        let known = tests.xfail > 0 ? "\(tests.xfail.grouped) failed as known" : "none failed"
        return "\(tests.pass.grouped) of \(tests.total.grouped) tests of \(place) passed, and \(known)"
    }

    private static func of(_ number: Int, _ total: Int) -> String {
        "\(number.grouped) of \(total.grouped) \(total == 1 ? "job" : "jobs")"
    }

    /// `a, b and c`.
    private static func list(_ parts: [String]) -> String {
        guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }
}
