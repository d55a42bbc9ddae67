// SPDX-License-Identifier: Apache-2.0

import Fleet

/// `change`: what the generation before was, and how the jobs that were sent out again ended then and now.
struct JSONChange: Encodable {
    let generation: Int
    let verdict: Verdict
    let jobs: [JSONChangedJob]
    let jobsOmitted: Int

    enum CodingKeys: String, CodingKey {
        case generation, verdict, jobs
        case jobsOmitted = "jobs_omitted"
    }

    init(_ change: GenerationChange, _ limits: ReportLimits) {
        generation = change.generation
        verdict = change.verdict
        jobs = change.jobs.prefix(limits.jobs).map { JSONChangedJob($0, limits) }
        jobsOmitted = change.jobsOmitted + change.jobs.count - jobs.count
    }
}

/// An element of `change.jobs`.
struct JSONChangedJob: Encodable {
    let position: Int
    let environment: String
    let backend: String
    let before: JSONEnd
    let after: JSONEnd

    init(_ job: ReportedChange, _ limits: ReportLimits) {
        position = job.position
        environment = HarmlessText.line(job.environment, limit: limits.nameLength)
        backend = HarmlessText.line(job.backend, limit: limits.nameLength)
        before = JSONEnd(job.before, limits)
        after = JSONEnd(job.after, limits)
    }
}

/// `before` or `after`.
struct JSONEnd: Encodable {
    let outcome: JobOutcome
    let reason: String?
    let tests: JSONCounts

    init(_ end: ReportedChange.End, _ limits: ReportLimits) {
        outcome = end.outcome
        reason = end.reason.map { HarmlessText.block($0, limit: limits.reasonLength) }
        tests = JSONCounts(end.tests)
    }
}
