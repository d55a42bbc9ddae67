// SPDX-License-Identifier: Apache-2.0

import Fleet

/// An element of `jobs`.
struct JSONJob: Encodable {
    let position: Int
    let environment: String
    let backend: String
    let outcome: JobOutcome
    let reason: String?
    let attempts: Int
    let attemptHistory: [JSONAttempt]?
    let tests: JSONCounts
    let labJobs: [JSONLabJob]

    enum CodingKeys: String, CodingKey {
        case position, environment, backend, outcome, reason, attempts, tests
        case attemptHistory = "attempt_history"
        case labJobs = "lab_jobs"
    }

    init(_ job: ReportedJob, _ limits: ReportLimits) {
        position = job.position
        environment = HarmlessText.line(job.environment, limit: limits.nameLength)
        backend = HarmlessText.line(job.backend, limit: limits.nameLength)
        outcome = job.outcome
        reason = job.reason.map { HarmlessText.block($0, limit: limits.reasonLength) }
        attempts = job.attempts
        let latest = job.attemptHistory.suffix(limits.attempts)
        attemptHistory = latest.isEmpty ? nil : latest.map { JSONAttempt($0, limits) }
        tests = JSONCounts(job.tests)
        labJobs = job.labJobs.map { JSONLabJob($0, limits) }
    }
}

/// An element of a job's `attempt_history`.
struct JSONAttempt: Encodable {
    let number: Int
    let outcome: JobOutcome?
    let reason: String?
    let submittedAt: String?
    let endedAt: String?
    let labJobs: [JSONLabJob]

    enum CodingKeys: String, CodingKey {
        case number, outcome, reason
        case submittedAt = "submitted_at"
        case endedAt = "ended_at"
        case labJobs = "lab_jobs"
    }

    init(_ attempt: ReportedAttempt, _ limits: ReportLimits) {
        number = attempt.number
        outcome = attempt.outcome
        reason = attempt.reason.map { HarmlessText.block($0, limit: limits.reasonLength) }
        submittedAt = attempt.submittedAt.map(Timestamp.iso8601)
        endedAt = attempt.endedAt.map(Timestamp.iso8601)
        labJobs = attempt.labJobs.map { JSONLabJob($0, limits) }
    }
}

/// An element of `lab_jobs`.
struct JSONLabJob: Encodable {
    let number: Int
    let role: String?
    let health: String?
    let device: String?
    let url: String?
    let resultsLeftOut: Int?

    enum CodingKeys: String, CodingKey {
        case number, role, health, device, url
        case resultsLeftOut = "results_left_out"
    }

    init(_ labJob: ReportedLabJob, _ limits: ReportLimits) {
        number = labJob.number
        role = labJob.role.map { HarmlessText.line($0, limit: limits.nameLength) }
        health = labJob.health.map { HarmlessText.line($0, limit: limits.nameLength) }
        device = labJob.device.map { HarmlessText.line($0, limit: limits.nameLength) }
        url = labJob.url
        resultsLeftOut = labJob.resultsLeftOut == 0 ? nil : labJob.resultsLeftOut
    }
}

/// An element of `failed_tests`.
struct JSONTest: Encodable {
    let job: Int
    let environment: String
    let suite: String
    let suiteNumber: Int
    let name: String
    let labJob: Int
    let role: String?
    let url: String?
    let measurement: String?
    let units: String?
    let startLogLine: Int?

    enum CodingKeys: String, CodingKey {
        case job, environment, suite, name, role, url, measurement, units
        case suiteNumber = "suite_number"
        case labJob = "lab_job"
        case startLogLine = "start_log_line"
    }

    init(_ test: ReportedTest, _ limits: ReportLimits) {
        job = test.job
        environment = HarmlessText.line(test.environment, limit: limits.nameLength)
        suite = HarmlessText.line(test.suite, limit: limits.nameLength)
        suiteNumber = test.suiteNumber
        name = HarmlessText.line(test.name, limit: limits.nameLength)
        labJob = test.labJob
        role = test.role.map { HarmlessText.line($0, limit: limits.nameLength) }
        url = test.url
        measurement = test.measurement.map { HarmlessText.line($0, limit: limits.nameLength) }
        units = test.units.map { HarmlessText.line($0, limit: limits.nameLength) }
        startLogLine = test.startLogLine
    }
}

/// An element of `environments`.
struct JSONEnvironment: Encodable {
    let environment: String
    let jobs: Int
    let complete: Int
    let tests: JSONCounts

    init(_ totals: EnvironmentTotals, _ limits: ReportLimits) {
        environment = HarmlessText.line(totals.environment, limit: limits.nameLength)
        jobs = totals.jobs
        complete = totals.complete
        tests = JSONCounts(totals.tests)
    }
}
