// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// `muster.report.v1` field by field.
struct JSONReportDocument: Encodable {
    let schema = JSONReport.schema
    let jobset: JSONJobset
    let verdict: Verdict
    let totals: JSONTotals
    let change: JSONChange?
    let jobs: [JSONJob]
    let jobsOmitted: Int
    let failedTests: [JSONTest]
    let failedTestsOmitted: Int
    let environments: [JSONEnvironment]
    let environmentsOmitted: Int
    let suites: [JSONSuite]
    let suitesOmitted: Int
    let baseline: JSONBaseline?
    let comparison: JSONComparison?
    let metrics: [JSONMetric]
    let metricsOmitted: Int
    let times: JSONTimes?
    let missing: [JSONMissingPart]?

    enum CodingKeys: String, CodingKey {
        case schema, jobset, verdict, totals, change, jobs, environments, suites, baseline, comparison, metrics, times,
            missing
        case jobsOmitted = "jobs_omitted"
        case failedTests = "failed_tests"
        case failedTestsOmitted = "failed_tests_omitted"
        case environmentsOmitted = "environments_omitted"
        case suitesOmitted = "suites_omitted"
        case metricsOmitted = "metrics_omitted"
    }

    init(_ report: FinishedJobsetReport, _ limits: ReportLimits) {
        let environments = report.totals.environments
        let tests = report.totals.tests
        jobset = JSONJobset(report.jobset, limits)
        verdict = report.jobset.verdict
        totals = JSONTotals(
            jobs: JSONOutcomes(report.totals),
            retriedJobs: report.totals.retriedJobs,
            tests: JSONCounts(tests),
            resultsLeftOut: report.totals.resultsLeftOut
        )
        change = report.change.map { JSONChange($0, limits) }
        jobs = report.jobs.prefix(limits.jobs).map { JSONJob($0, limits) }
        jobsOmitted = report.totals.jobs - jobs.count
        failedTests = report.failedTests.prefix(limits.failedTests).map { JSONTest($0, limits) }
        failedTestsOmitted = max(0, max(tests.fail, report.failedTests.count) - failedTests.count)
        self.environments = environments.prefix(limits.environments).map { JSONEnvironment($0, limits) }
        environmentsOmitted = environments.count - self.environments.count
        suites = report.suites.suites.prefix(limits.environments).map { JSONSuite($0, limits) }
        suitesOmitted = report.suites.total - suites.count
        baseline = report.baseline.map { JSONBaseline($0, limits) }
        comparison = report.comparison.map { JSONComparison($0, limits) }
        metrics = report.metrics.metrics.prefix(limits.metrics).compactMap { JSONMetric($0, limits) }
        metricsOmitted = report.metrics.total - metrics.count
        times = report.times.map { JSONTimes($0, limits) }
        missing = report.missing.isEmpty ? nil : report.missing.map { JSONMissingPart($0, limits) }
    }
}

/// `jobset`.
struct JSONJobset: Encodable {
    let id: String
    let build: String
    let generation: Int
    let labels: [String: String]
    let canceledAt: String?
    let canceledReason: String?
    let deadlinePassedAt: String?
    let sealedReason: String?
    let createdAt: String
    let finishedAt: String

    enum CodingKeys: String, CodingKey {
        case id, build, generation, labels
        case canceledAt = "canceled_at"
        case canceledReason = "canceled_reason"
        case deadlinePassedAt = "deadline_passed_at"
        case sealedReason = "sealed_reason"
        case createdAt = "created_at"
        case finishedAt = "finished_at"
    }

    init(_ jobset: ReportedJobset, _ limits: ReportLimits) {
        id = jobset.id.uuidString.lowercased()
        build = HarmlessText.line(jobset.build, limit: limits.nameLength)
        generation = jobset.generation
        labels = Dictionary(
            jobset.labels.map { key, value in
                let key = HarmlessText.line(key, limit: limits.nameLength)
                return (key, HarmlessText.block(value, limit: limits.nameLength))
            },
            uniquingKeysWith: { first, _ in first }
        )
        canceledAt = jobset.canceledAt.map(Timestamp.iso8601)
        canceledReason = jobset.canceledReason.map { HarmlessText.block($0, limit: limits.reasonLength) }
        deadlinePassedAt = jobset.deadlinePassedAt.map(Timestamp.iso8601)
        sealedReason = jobset.sealedReason.map { HarmlessText.line($0, limit: limits.reasonLength) }
        createdAt = Timestamp.iso8601(jobset.createdAt)
        finishedAt = Timestamp.iso8601(jobset.finishedAt)
    }
}

/// `totals`.
struct JSONTotals: Encodable {
    let jobs: JSONOutcomes
    let retriedJobs: Int
    let tests: JSONCounts
    let resultsLeftOut: Int

    enum CodingKeys: String, CodingKey {
        case jobs, tests
        case retriedJobs = "retried_jobs"
        case resultsLeftOut = "results_left_out"
    }
}

/// Numbers of jobs: `total` and every outcome, also those that none has.
struct JSONOutcomes: Encodable {
    let numbers: [String: Int]

    init(_ totals: ReportTotals) {
        let outcomes = totals.outcomes
        var numbers = Dictionary(JobOutcome.allCases.map { ($0.rawValue, outcomes[$0] ?? 0) }) { first, _ in first }
        numbers["total"] = totals.jobs
        self.numbers = numbers
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(numbers)
    }
}

/// Numbers of test cases.
struct JSONCounts: Encodable {
    let total: Int
    let pass: Int
    let fail: Int
    let skip: Int
    let unknown: Int

    init(_ counts: TestCounts) {
        total = counts.total
        pass = counts.pass
        fail = counts.fail
        skip = counts.skip
        unknown = counts.unknown
    }
}
