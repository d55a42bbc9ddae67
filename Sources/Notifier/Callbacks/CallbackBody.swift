// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Reports

/// The body of a callback: what happened to which jobset, small enough for every receiver.
///
/// The same jobset gives the same bytes on every try. `docs/callback.md` describes it field by field.
enum CallbackBody {
    /// Bodies stay below this: Standard Webhooks asks for less than 20 kB.
    static let maximumBytes = 20_000

    /// The jobs that did not complete come first, and as many as fit are listed.
    static func encode(_ report: FinishedJobsetReport) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = CallbackData(report)
        if try encoder.encode(data).count > maximumBytes / 2 { data.labels = nil }
        // Counted with every job left out, which is the longest that the number can be.
        data.jobsOmitted = report.totals.jobs
        var room = maximumBytes - 1 - (try encoder.encode(CallbackEvent(data))).count
        for job in report.jobs {
            let entry = CallbackJob(job)
            // And the comma before it.
            room -= try encoder.encode(entry).count + 1
            guard room >= 0 else { break }
            data.jobs.append(entry)
        }
        data.jobsOmitted = report.totals.jobs - data.jobs.count
        return Array(try encoder.encode(CallbackEvent(data)))
    }
}

/// The envelope.
private struct CallbackEvent: Encodable {
    let type = "jobset.finished"
    let version = 1
    let timestamp: String
    let data: CallbackData

    init(_ data: CallbackData) {
        self.timestamp = data.finishedAt
        self.data = data
    }
}

/// `data`.
private struct CallbackData: Encodable {
    let jobset: String
    let build: String
    let verdict: Verdict
    let generation: Int
    let total: Int
    let outcomes: [String: Int]
    let tests: TestCounts
    let retriedJobs: Int
    let canceledAt: String?
    let canceledReason: String?
    let deadlinePassedAt: String?
    let sealedReason: String?
    let previousVerdict: Verdict?
    let createdAt: String
    let finishedAt: String
    var labels: [String: String]?
    var jobs: [CallbackJob] = []
    var jobsOmitted = 0

    enum CodingKeys: String, CodingKey {
        case jobset, build, verdict, generation, total, outcomes, tests, labels, jobs
        case retriedJobs = "retried_jobs"
        case canceledAt = "canceled_at"
        case canceledReason = "canceled_reason"
        case deadlinePassedAt = "deadline_passed_at"
        case sealedReason = "sealed_reason"
        case previousVerdict = "previous_verdict"
        case createdAt = "created_at"
        case finishedAt = "finished_at"
        case jobsOmitted = "jobs_omitted"
    }

    init(_ report: FinishedJobsetReport) {
        let counts = report.totals.outcomes
        jobset = report.jobset.id.uuidString.lowercased()
        build = report.jobset.build
        verdict = report.jobset.verdict
        generation = report.jobset.generation
        total = report.totals.jobs
        outcomes = Dictionary(JobOutcome.allCases.map { ($0.rawValue, counts[$0] ?? 0) }) { first, _ in first }
        tests = report.totals.tests
        retriedJobs = report.totals.retriedJobs
        canceledAt = report.jobset.canceledAt.map(Timestamp.iso8601)
        canceledReason = report.jobset.canceledReason.map { HarmlessText.line($0, limit: CallbackJob.reasonLength) }
        deadlinePassedAt = report.jobset.deadlinePassedAt.map(Timestamp.iso8601)
        sealedReason = report.jobset.sealedReason
        previousVerdict = report.change?.verdict
        createdAt = Timestamp.iso8601(report.jobset.createdAt)
        finishedAt = Timestamp.iso8601(report.jobset.finishedAt)
        labels = report.jobset.labels
    }
}

/// An element of `jobs`.
private struct CallbackJob: Encodable {
    let position: Int
    let environment: String
    let backend: String
    let outcome: JobOutcome
    let reason: String?
    let attempts: Int
    let tests: TestCounts
    let links: [String]

    /// The longest reason: enough to know whom to ask, with room for the other jobs.
    static let reasonLength = 300
    /// The most links of a multinode job.
    private static let maximumLinks = 10

    init(_ job: ReportedJob) {
        position = job.position
        environment = job.environment
        backend = job.backend
        outcome = job.outcome
        reason = job.reason.map { HarmlessText.line($0, limit: Self.reasonLength) }
        attempts = job.attempts
        tests = job.tests
        links = job.labJobs.prefix(Self.maximumLinks).compactMap(\.url)
    }
}
