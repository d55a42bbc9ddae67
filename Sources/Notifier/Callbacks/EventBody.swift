// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Reports

/// The body of a callback for an event other than the end: what happened, as it was then.
///
/// `docs/callback.md` describes it field by field.
enum EventBody {
    static func encode(
        _ event: JobsetEvent,
        _ data: JobsetEventData,
        of jobset: JobsetStatus,
        generation: Int
    ) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var envelope = Envelope(event, EventFields(data, of: jobset, generation: generation))
        // Labels may be large, and are the sender's own: what happened matters more.
        if try encoder.encode(envelope).count > CallbackBody.maximumBytes { envelope.data.labels = nil }
        return Array(try encoder.encode(envelope))
    }
}

extension EventBody {
    /// The same for a template, as a JSON object in the shape of the report.
    static func members(_ data: JobsetEventData, of jobset: JobsetStatus, generation: Int) throws -> String {
        let members = TemplateMembers(
            jobset: .init(
                id: jobset.id.uuidString.lowercased(),
                build: jobset.build,
                generation: generation,
                labels: jobset.labels
            ),
            fields: EventFields(data, of: jobset, generation: generation)
        )
        return String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
    }
}

/// An event's fields, with the jobset where the report has it.
private struct TemplateMembers: Encodable {
    struct Jobset: Encodable {
        let id: String
        let build: String
        let generation: Int
        let labels: [String: String]
    }

    let jobset: Jobset
    let fields: EventFields

    enum CodingKeys: String, CodingKey {
        case jobset, total, pending, failures, deadline, job
        case happenedAt = "happened_at"
        case canceledReason = "canceled_reason"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobset, forKey: .jobset)
        try container.encode(fields.total, forKey: .total)
        try container.encode(fields.pending, forKey: .pending)
        try container.encode(fields.failures, forKey: .failures)
        try container.encode(fields.happenedAt, forKey: .happenedAt)
        try container.encodeIfPresent(fields.deadline, forKey: .deadline)
        try container.encodeIfPresent(fields.canceledReason, forKey: .canceledReason)
        try container.encodeIfPresent(fields.job, forKey: .job)
    }
}

private struct Envelope: Encodable {
    let type: String
    let version = 1
    let timestamp: String
    var data: EventFields

    init(_ event: JobsetEvent, _ data: EventFields) {
        self.type = "jobset.\(event.rawValue)"
        self.timestamp = data.happenedAt
        self.data = data
    }
}

private struct EventFields: Encodable {
    let jobset: String
    let build: String
    let generation: Int
    let happenedAt: String
    let total: Int
    let pending: Int
    let failures: Int
    let canceledReason: String?
    let deadline: String?
    let job: FailedJob?
    var labels: [String: String]?

    enum CodingKeys: String, CodingKey {
        case jobset, build, generation, total, pending, failures, deadline, job, labels
        case happenedAt = "happened_at"
        case canceledReason = "canceled_reason"
    }

    init(_ data: JobsetEventData, of jobset: JobsetStatus, generation: Int) {
        self.jobset = jobset.id.uuidString.lowercased()
        build = jobset.build
        self.generation = generation
        happenedAt = Timestamp.iso8601(Date(timeIntervalSince1970: data.at))
        total = data.total
        pending = data.pending
        failures = data.failures
        canceledReason = data.reason.map { HarmlessText.line($0, limit: FailedJob.reasonLength) }
        deadline = data.deadline.map { Timestamp.iso8601(Date(timeIntervalSince1970: $0)) }
        job = data.job.map(FailedJob.init)
        labels = jobset.labels
    }
}

private struct FailedJob: Encodable {
    let position: Int
    let environment: String
    let backend: String
    let outcome: JobOutcome
    let reason: String?
    let testsFailed: Int

    /// The longest reason, in Unicode scalars.
    static let reasonLength = 1_000

    enum CodingKeys: String, CodingKey {
        case position, environment, backend, outcome, reason
        case testsFailed = "tests_failed"
    }

    init(_ job: JobsetEventData.Job) {
        position = job.position
        environment = job.environment
        backend = job.backend
        outcome = job.outcome
        reason = job.reason.map { HarmlessText.line($0, limit: Self.reasonLength) }
        testsFailed = job.testsFailed
    }
}
