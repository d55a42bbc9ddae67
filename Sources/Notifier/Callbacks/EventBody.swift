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
        of jobset: Jobset,
        generation: Int
    ) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let facts = EventFacts(data: data, jobset: jobset, generation: generation)
        let body = try encoder.encode(EventEnvelope(event: event, facts: facts, hasLabels: true))
        // Labels may be large, and are the sender's own: what happened matters more.
        guard body.count > CallbackBody.maximumBytes else { return Array(body) }
        return Array(try encoder.encode(EventEnvelope(event: event, facts: facts, hasLabels: false)))
    }

    /// The same for a template, as a JSON object in the shape of the report.
    static func members(_ data: JobsetEventData, of jobset: Jobset, generation: Int) throws -> String {
        let facts = EventFacts(data: data, jobset: jobset, generation: generation)
        return String(decoding: try JSONEncoder().encode(TemplateMembers(facts: facts)), as: UTF8.self)
    }
}

/// What an event tells.
private struct EventFacts {
    let data: JobsetEventData
    let jobset: Jobset
    let generation: Int

    /// The longest reason, in Unicode scalars.
    static let reasonLength = 1_000

    var happenedAt: String { Timestamp.iso8601(Date(timeIntervalSince1970: data.at)) }

    func write(to event: inout KeyedEncodingContainer<TextKey>) throws {
        let reason = data.reason.map { HarmlessText.line($0, limit: Self.reasonLength) }
        let deadline = data.deadline.map { Timestamp.iso8601(Date(timeIntervalSince1970: $0)) }
        try event.encode(happenedAt, forKey: "happened_at")
        try event.encode(data.total, forKey: "total")
        try event.encode(data.pending, forKey: "pending")
        try event.encode(data.failures, forKey: "failures")
        try event.encodeIfPresent(reason, forKey: "canceled_reason")
        try event.encodeIfPresent(deadline, forKey: "deadline")
        guard let job = data.job else { return }
        var failed = event.nestedContainer(keyedBy: TextKey.self, forKey: "job")
        try failed.encode(job.position, forKey: "position")
        try failed.encode(job.environment, forKey: "environment")
        try failed.encodeIfPresent(job.name, forKey: "name")
        try failed.encode(job.backend, forKey: "backend")
        try failed.encode(job.outcome, forKey: "outcome")
        let words = job.reason.map { HarmlessText.line($0, limit: Self.reasonLength) }
        try failed.encodeIfPresent(words, forKey: "reason")
        try failed.encode(job.testsFailed, forKey: "tests_failed")
    }
}

private struct EventEnvelope: Encodable {
    let event: JobsetEvent
    let facts: EventFacts
    let hasLabels: Bool

    func encode(to encoder: any Encoder) throws {
        var envelope = encoder.container(keyedBy: TextKey.self)
        try envelope.encode("jobset.\(event.rawValue)", forKey: "type")
        try envelope.encode(1, forKey: "version")
        try envelope.encode(facts.happenedAt, forKey: "timestamp")
        var data = envelope.nestedContainer(keyedBy: TextKey.self, forKey: "data")
        try data.encode(facts.jobset.id, forKey: "jobset")
        try data.encode(facts.jobset.build, forKey: "build")
        try data.encode(facts.generation, forKey: "generation")
        try facts.write(to: &data)
        if hasLabels { try data.encode(facts.jobset.labels, forKey: "labels") }
    }
}

/// An event's facts, with the jobset where the report has it.
private struct TemplateMembers: Encodable {
    let facts: EventFacts

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: TextKey.self)
        var jobset = members.nestedContainer(keyedBy: TextKey.self, forKey: "jobset")
        try jobset.encode(facts.jobset.id, forKey: "id")
        try jobset.encode(facts.jobset.build, forKey: "build")
        try jobset.encode(facts.generation, forKey: "generation")
        try jobset.encode(facts.jobset.labels, forKey: "labels")
        try facts.write(to: &members)
    }
}
