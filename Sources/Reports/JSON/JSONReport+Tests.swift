// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A failed test.
extension TestResult: ReportEntry {
    func write(to test: inout ReportMembers) throws {
        try test.add("job", position)
        try test.add(name: environment, "environment")
        try test.add(name: jobName, "job_name")
        try test.add(name: suite, "suite")
        try test.add("suite_number", suiteNumber)
        try test.add(name: name, "name")
        try test.add("lab_job", labJob)
        try test.add(name: role, "role")
        try test.add("url", url)
        try test.add(name: measurement, "measurement")
        try test.add(name: units, "units")
        try test.add("start_log_line", startLogLine)
        try test.add(entry: test.earlier[environmentTest], "earlier")
    }
}

extension KnownIssueOutcome: ReportEntry {
    func write(to issue: inout ReportMembers) throws {
        try issue.add(name: environment, "environment")
        try issue.add(name: suite, "suite")
        try issue.add(name: test, "test")
        try issue.add(reason: reason, "reason")
        try issue.add("url", url)
        try issue.add("failures", failures)
        try issue.add("passes", passes)
        try issue.add("environments", environments)
    }
}

extension EnvironmentTotals: ReportEntry {
    func write(to totals: inout ReportMembers) throws {
        try totals.add(name: environment, "environment")
        try totals.add("jobs", jobs)
        try totals.add("complete", complete)
        try totals.add(entry: tests, "tests")
    }
}

extension SuiteTotals: ReportEntry {
    func write(to totals: inout ReportMembers) throws {
        try totals.add(name: environment, "environment")
        try totals.add(name: suite, "suite")
        try totals.add(entry: tests, "tests")
    }
}

/// What the report is compared with, or why with nothing.
extension ReportedBaseline: ReportEntry {
    func write(to baseline: inout ReportMembers) throws {
        switch self {
        case .none: try baseline.add("state", "none")
        case .unknown(let name):
            try baseline.add("state", "unknown")
            try baseline.add(name: name, "name")
        case .unfinished(let name):
            try baseline.add("state", "unfinished")
            try baseline.add(name: name, "name")
        case .removed(let name):
            try baseline.add("state", "removed")
            try baseline.add(name: name, "name")
        case .compared(let comparison):
            try baseline.add("state", "compared")
            try comparison.jobset.write(to: &baseline)
        case .uncompared(let comparison):
            try baseline.add("state", "uncompared")
            try comparison.jobset.write(to: &baseline)
        }
    }
}

extension BaselineJobset: ReportEntry {
    func write(to baseline: inout ReportMembers) throws {
        try baseline.add("id", id)
        try baseline.add(name: build, "build")
        try baseline.add("verdict", verdict)
        try baseline.add("finished_at", finishedAt)
        try baseline.add("named", isNamed)
    }
}

extension ReportedComparison: ReportEntry {
    func write(to comparison: inout ReportMembers) throws {
        try comparison.add(entry: regressions, "regressions")
        try comparison.add(entry: newFailures, "new_failures")
        try comparison.add(entry: fixes, "fixes")
        try comparison.add(entry: vanished, "vanished")
        try comparison.add("still_failing", stillFailing)
        try comparison.add("missing_environments", missingEnvironments)
        let suites = missingSuites.prefix(comparison.limits.comparedTests)
        try comparison.add(entries: suites, "missing_suites")
        try comparison.add("missing_suites_omitted", missingSuiteTotal - suites.count)
        try comparison.add(entries: jobs.new, "new_jobs")
        try comparison.add(entries: jobs.missing, "missing_jobs")
        try comparison.add(entries: jobs.renamed, "renamed_jobs")
    }
}

extension MissingSuite: ReportEntry {
    func write(to suite: inout ReportMembers) throws {
        try suite.add(placeOf: self)
        try suite.add("tests", Int(tests))
    }
}

extension NamedJob: ReportEntry {
    func write(to job: inout ReportMembers) throws {
        try job.add(name: environment, "environment")
        try job.add(name: name, "name")
    }
}

extension RenamedJob: ReportEntry {
    func write(to job: inout ReportMembers) throws {
        try job.add(name: environment, "environment")
        try job.add(name: before, "before")
        try job.add(name: after, "after")
    }
}

extension ComparedTests: ReportEntry {
    func write(to compared: inout ReportMembers) throws {
        let listed = tests.prefix(compared.limits.comparedTests)
        try compared.add("total", total)
        try compared.add(entries: listed, "tests")
        try compared.add("omitted", total - listed.count)
    }
}

extension ComparedTest: ReportEntry {
    func write(to test: inout ReportMembers) throws {
        try test.add(placeOf: self)
        try test.add(name: name, "name")
        try test.add("before", before)
        try test.add("after", after)
        if isJobIncomplete { try test.add("job_incomplete", true) }
        try test.add("url", url)
        if after == .fail { try test.add(entry: test.earlier[environmentTest], "earlier") }
    }
}

/// How often a failed test failed before.
extension EarlierRuns: ReportEntry {
    func write(to runs: inout ReportMembers) throws {
        try runs.add("failed", failed)
        try runs.add("ran", ran)
    }
}

extension ComparedMeasurement: ReportEntry {
    func write(to metric: inout ReportMembers) throws {
        try metric.add(placeOf: self)
        try metric.add(name: name, "name")
        try metric.add(name: units, "units")
        try metric.add("before", before.flatMap { $0.isFinite ? $0 : nil })
        try metric.add("after", after)
        try metric.add("change_percent", changePercent.map { ($0 * 100).rounded() / 100 })
    }
}

extension ReportMembers {
    fileprivate mutating func add(placeOf compared: some ComparedPlace) throws {
        try add(name: compared.environment, "environment")
        try add(name: compared.jobName, "job_name")
        try add(name: compared.suite, "suite")
        try add("suite_run", compared.suiteRun)
        try add(name: compared.role, "role")
    }
}
