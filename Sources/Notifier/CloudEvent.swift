// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetStore
import Foundation
import Reports

/// An event in structured mode, as CloudEvents 1.0.2 and its JSON format have it. `docs/events.md` describes it field by
/// field.
struct CloudEvent {
    let event: UnpublishedEvent
    let build: Build
    /// Which fleet it comes from: `gateway.public_url`, or the prefix of its exchanges.
    let source: String
    /// `gateway.public_url`, if it is set.
    let publicURL: String?

    /// The longest reason, in Unicode scalars.
    private static let reasonLength = 1_000
    /// The most bytes of labels: they may be large, and are the sender's own.
    private static let labelBytes = 10_000

    /// The message to publish.
    func message() throws -> EventMessage {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return EventMessage(
            id: event.eventID,
            type: event.type.rawValue,
            group: build.group,
            project: build.project,
            happenedAt: event.happenedAt,
            body: Array(try encoder.encode(self))
        )
    }
}

extension CloudEvent: Encodable {
    func encode(to encoder: any Encoder) throws {
        var envelope = encoder.container(keyedBy: TextKey.self)
        try envelope.encode("1.0", forKey: "specversion")
        try envelope.encode(event.eventID.text, forKey: "id")
        try envelope.encode(source, forKey: "source")
        try envelope.encode(event.type, forKey: "type")
        let position = event.position.map { "/\($0)" } ?? ""
        try envelope.encode(event.jobsetID.text + position, forKey: "subject")
        let time = event.happenedAt.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        try envelope.encode(time, forKey: "time")
        try envelope.encode("application/json", forKey: "datacontenttype")
        var data = envelope.nestedContainer(keyedBy: TextKey.self, forKey: "data")
        try data.encode(event.jobsetID.text, forKey: "jobset")
        try data.encode("\(build)", forKey: "build")
        try data.encode(event.generation, forKey: "generation")
        if let publicURL { try data.encode(JobsetPage.address(of: event.jobsetID, at: publicURL), forKey: "url") }
        if event.position == nil { try encodeJobset(to: &data) } else { try encodeJob(to: &data) }
    }

    private func encodeJobset(to data: inout KeyedEncodingContainer<TextKey>) throws {
        let facts = event.data
        try data.encodeIfPresent(facts.total, forKey: "total")
        try data.encodeIfPresent(facts.pending, forKey: "pending")
        try data.encodeIfPresent(facts.failures, forKey: "failures")
        try data.encodeIfPresent(facts.missing, forKey: "missing")
        try data.encodeIfPresent(facts.isSealed, forKey: "sealed")
        try data.encodeIfPresent(line(facts.sealedReason), forKey: "sealed_reason")
        try data.encodeIfPresent(facts.verdict, forKey: "verdict")
        try data.encodeIfPresent(line(facts.canceledReason), forKey: "canceled_reason")
        if let labels = event.labels,
            labels.reduce(0, { $0 + $1.key.utf8.count + $1.value.utf8.count }) <= Self.labelBytes
        {
            try data.encode(labels, forKey: "labels")
        }
    }

    private func encodeJob(to data: inout KeyedEncodingContainer<TextKey>) throws {
        let facts = event.data
        var job = data.nestedContainer(keyedBy: TextKey.self, forKey: "job")
        try job.encodeIfPresent(event.position, forKey: "position")
        try job.encodeIfPresent(event.environment, forKey: "environment")
        try job.encodeIfPresent(event.name, forKey: "name")
        try job.encodeIfPresent(event.backend, forKey: "backend")
        try job.encodeIfPresent(facts.attempt, forKey: "attempt")
        try job.encodeIfPresent(facts.labJob, forKey: "lab_job")
        try job.encodeIfPresent(facts.device, forKey: "device")
        try job.encodeIfPresent(facts.outcome, forKey: "outcome")
        try job.encodeIfPresent(line(facts.reason), forKey: "reason")
        try job.encodeIfPresent(facts.tests, forKey: "tests")
    }

    private func line(_ text: String?) -> String? { text.map { HarmlessText.line($0, limit: Self.reasonLength) } }
}
