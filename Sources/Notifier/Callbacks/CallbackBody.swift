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
        var data = CallbackData(report: report, labels: report.jobset.labels)
        if try encoder.encode(data).count > maximumBytes / 2 { data.labels = nil }
        // Counted with every job left out, which is the longest that the number can be.
        var room = maximumBytes - 1 - (try encoder.encode(CallbackEvent(data: data))).count
        for job in report.jobs {
            let entry = CallbackJob(job: job)
            // And the comma before it.
            room -= try encoder.encode(entry).count + 1
            guard room >= 0 else { break }
            data.jobs.append(entry)
        }
        return Array(try encoder.encode(CallbackEvent(data: data)))
    }
}

/// The envelope.
private struct CallbackEvent: Encodable {
    let data: CallbackData

    func encode(to encoder: any Encoder) throws {
        var event = encoder.container(keyedBy: TextKey.self)
        try event.encode("jobset.finished", forKey: "type")
        try event.encode(1, forKey: "version")
        try event.encode(Timestamp.iso8601(data.report.finishedAt), forKey: "timestamp")
        try event.encode(data, forKey: "data")
    }
}

/// `data`.
private struct CallbackData: Encodable {
    let report: FinishedJobsetReport
    var labels: [String: String]?
    var jobs: [CallbackJob] = []

    func encode(to encoder: any Encoder) throws {
        let (jobset, totals) = (report.jobset, report.totals)
        let outcomes = JobOutcome.allCases.map { ($0.rawValue, totals.outcomes[$0] ?? 0) }
        let reason = jobset.canceledReason.map { HarmlessText.line($0, limit: CallbackJob.reasonLength) }
        var data = encoder.container(keyedBy: TextKey.self)
        try data.encode(jobset.id, forKey: "jobset")
        try data.encode(jobset.build, forKey: "build")
        try data.encode(report.verdict, forKey: "verdict")
        try data.encode(jobset.generation, forKey: "generation")
        try data.encode(totals.jobs, forKey: "total")
        try data.encode(jobset.missing, forKey: "missing")
        try data.encode(Dictionary(outcomes) { first, _ in first }, forKey: "outcomes")
        try data.encode(totals.tests, forKey: "tests")
        try data.encode(totals.retriedJobs, forKey: "retried_jobs")
        try data.encodeIfPresent(jobset.canceledAt.map(Timestamp.iso8601), forKey: "canceled_at")
        try data.encodeIfPresent(reason, forKey: "canceled_reason")
        try data.encodeIfPresent(jobset.deadlinePassedAt.map(Timestamp.iso8601), forKey: "deadline_passed_at")
        try data.encodeIfPresent(jobset.sealedReason, forKey: "sealed_reason")
        try data.encodeIfPresent(report.change?.verdict, forKey: "previous_verdict")
        try data.encode(Timestamp.iso8601(jobset.createdAt), forKey: "created_at")
        try data.encode(Timestamp.iso8601(report.finishedAt), forKey: "finished_at")
        try data.encodeIfPresent(labels, forKey: "labels")
        try data.encode(jobs, forKey: "jobs")
        try data.encode(totals.jobs - jobs.count, forKey: "jobs_omitted")
    }
}

/// An element of `jobs`.
private struct CallbackJob: Encodable {
    let job: Job

    /// The longest reason: enough to know whom to ask, with room for the other jobs.
    static let reasonLength = 300
    /// The most links of a multinode job.
    private static let maximumLinks = 10

    func encode(to encoder: any Encoder) throws {
        let reason = job.reason.map { HarmlessText.line($0, limit: Self.reasonLength) }
        var entry = encoder.container(keyedBy: TextKey.self)
        try entry.encode(job.position, forKey: "position")
        try entry.encode(job.environment, forKey: "environment")
        try entry.encodeIfPresent(job.name, forKey: "name")
        try entry.encode(job.backend, forKey: "backend")
        try entry.encodeIfPresent(job.outcome, forKey: "outcome")
        try entry.encodeIfPresent(reason, forKey: "reason")
        try entry.encode(job.attempts, forKey: "attempts")
        try entry.encode(job.tests, forKey: "tests")
        try entry.encode(job.labJobs.prefix(Self.maximumLinks).compactMap(\.url), forKey: "links")
    }
}
