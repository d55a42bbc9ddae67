// SPDX-License-Identifier: Apache-2.0

import Fleet

/// `muster.report.v1`.
extension FinishedJobsetReport: ReportEntry {
    func write(to document: inout ReportMembers) throws {
        let limits = document.limits
        try document.add("schema", JSONReport.schema)
        try document.add("verdict", verdict)
        try document.add("sentence", ReportSentence.text(self, nameLength: limits.nameLength))
        try document.add("url", page)
        try document.add(entry: jobset, "jobset")
        try document.add(entry: totals, "totals")
        try document.add(entry: change, "change")
        try document.add(entries: jobs.prefix(limits.jobs), "jobs")
        try document.add("jobs_omitted", totals.jobs - min(jobs.count, limits.jobs))
        let failed = min(failedTests.count, limits.failedTests)
        try document.add(entries: failedTests.prefix(failed), "failed_tests")
        try document.add("failed_tests_omitted", max(0, max(totals.tests.fail, failedTests.count) - failed))
        try document.add(entries: knownIssues, "known_issues")
        let environments = totals.environments.prefix(limits.environments)
        try document.add(entries: environments, "environments")
        try document.add("environments_omitted", totals.environments.count - environments.count)
        let listed = suites.suites.prefix(limits.environments)
        try document.add(entries: listed, "suites")
        try document.add("suites_omitted", suites.total - listed.count)
        try document.add(entry: baseline, "baseline")
        try document.add(entry: comparison, "comparison")
        try document.add(metrics)
        try document.add(entry: times, "times")
        if !missing.isEmpty { try document.add(entries: missing, "missing") }
    }
}

extension ReportMembers {
    /// Measurements, and how many are left out.
    mutating func add(_ metrics: ReportedMetrics) throws {
        // JSON has no number for what is not finite.
        let measured = metrics.metrics.prefix(limits.metrics).filter(\.after.isFinite)
        try add(entries: measured, "metrics")
        try add("metrics_omitted", metrics.total - measured.count)
    }
}

extension Jobset: ReportEntry {
    func write(to jobset: inout ReportMembers) throws {
        let limits = jobset.limits
        let labels = self.labels.map { key, value in
            (
                HarmlessText.line(key, limit: limits.nameLength),
                HarmlessText.block(value, limit: limits.nameLength)
            )
        }
        try jobset.add("id", id)
        try jobset.add(name: build, "build")
        try jobset.add("generation", generation)
        try jobset.add("labels", Dictionary(labels) { first, _ in first })
        try jobset.add(entry: source, "source")
        try jobset.add("canceled_at", canceledAt)
        try jobset.add(reason: canceledReason, "canceled_reason")
        try jobset.add("deadline_passed_at", deadlinePassedAt)
        try jobset.add("sealed_reason", sealedReason.map { HarmlessText.line($0, limit: limits.reasonLength) })
        try jobset.add("created_at", createdAt)
        try jobset.add("finished_at", finishedAt)
    }
}

extension JobsetSource: ReportEntry {
    func write(to source: inout ReportMembers) throws {
        for key in CodingKeys.allCases { try source.add(name: self[key], key.rawValue) }
    }
}

extension ReportTotals: ReportEntry {
    func write(to totals: inout ReportMembers) throws {
        // Every outcome, also those that none has.
        var numbers = Dictionary(JobOutcome.allCases.map { ($0.rawValue, outcomes[$0] ?? 0) }) { first, _ in first }
        numbers["total"] = jobs
        numbers["missing"] = outcomes.reduce(0) { $1.key.isMissing ? $0 + $1.value : $0 }
        try totals.add("jobs", numbers)
        try totals.add("retried_jobs", retriedJobs)
        try totals.add(entry: tests, "tests")
        try totals.add("results_left_out", resultsLeftOut)
    }
}

extension TestCounts: ReportEntry {
    func write(to counts: inout ReportMembers) throws {
        try counts.add("total", total)
        try counts.add("pass", pass)
        try counts.add("fail", fail)
        try counts.add("xfail", xfail)
        try counts.add("skip", skip)
        try counts.add("unknown", unknown)
    }
}

extension GenerationChange: ReportEntry {
    func write(to change: inout ReportMembers) throws {
        let listed = jobs.prefix(change.limits.jobs)
        try change.add("generation", generation)
        try change.add("verdict", verdict)
        try change.add("began_at", beganAt)
        try change.add(entries: listed, "jobs")
        try change.add("jobs_omitted", jobsOmitted + jobs.count - listed.count)
    }
}

extension MissingPart: ReportEntry {
    func write(to missing: inout ReportMembers) throws {
        try missing.add("part", part.rawValue)
        try missing.add("reason", HarmlessText.line(reason, limit: missing.limits.reasonLength))
        try missing.add("environments", environments?.missing)
        try missing.add("environments_total", environments?.total)
    }
}
