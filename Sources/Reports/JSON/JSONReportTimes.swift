// SPDX-License-Identifier: Apache-2.0

import Fleet

/// `times`: how long the jobs waited in their labs and ran.
struct JSONTimes: Encodable {
    let jobs: Int
    let queueSeconds: JSONSpread
    let runSeconds: JSONSpread
    let slowestJobs: [JSONTimedJob]

    enum CodingKeys: String, CodingKey {
        case jobs
        case queueSeconds = "queue_seconds"
        case runSeconds = "run_seconds"
        case slowestJobs = "slowest_jobs"
    }

    init(_ times: ReportedTimes, _ limits: ReportLimits) {
        jobs = times.jobs
        queueSeconds = JSONSpread(times.queue)
        runSeconds = JSONSpread(times.run)
        slowestJobs = times.slowest.prefix(limits.slowestJobs).map { JSONTimedJob($0, limits) }
    }
}

/// One kind of time over all jobs.
struct JSONSpread: Encodable {
    let median: Double
    let longest: Double
    let sum: Double

    init(_ spread: ReportedTimes.Spread) {
        median = Self.rounded(spread.median)
        longest = Self.rounded(spread.longest)
        sum = Self.rounded(spread.sum)
    }

    /// To the millisecond.
    static func rounded(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }
}

/// An element of `times.slowest_jobs`.
struct JSONTimedJob: Encodable {
    let position: Int
    let environment: String
    let backend: String
    let outcome: JobOutcome
    let queueSeconds: Double
    let runSeconds: Double
    let url: String?

    enum CodingKeys: String, CodingKey {
        case position, environment, backend, outcome, url
        case queueSeconds = "queue_seconds"
        case runSeconds = "run_seconds"
    }

    init(_ job: TimedJob, _ limits: ReportLimits) {
        position = job.position
        environment = HarmlessText.line(job.environment, limit: limits.nameLength)
        backend = HarmlessText.line(job.backend, limit: limits.nameLength)
        outcome = job.outcome
        queueSeconds = JSONSpread.rounded(job.queueSeconds)
        runSeconds = JSONSpread.rounded(job.runSeconds)
        url = job.url
    }
}

/// An element of `suites`.
struct JSONSuite: Encodable {
    let environment: String
    let suite: String
    let tests: JSONCounts

    init(_ totals: SuiteTotals, _ limits: ReportLimits) {
        environment = HarmlessText.line(totals.environment, limit: limits.nameLength)
        suite = HarmlessText.line(totals.suite, limit: limits.nameLength)
        tests = JSONCounts(totals.tests)
    }
}
