// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Testing

/// The trace of a jobset through a whole fleet, as a collector gets it.
@Suite(.timeLimit(.minutes(10)))
struct TraceTests {
    private struct Span {
        let service: String
        let name: String
        let trace: String
        let id: String
        let parent: String?
        let kind: Int
        let attributes: [String: String]
    }

    /// All spans that a collector has.
    private static func spans(_ collector: CallbackReceiver) -> [Span] {
        let resources = collector.received.flatMap { $0.json["resourceSpans"] as? [[String: Any]] ?? [] }
        return resources.flatMap { resource in
            let service = attributes(resource["resource"] as? [String: Any] ?? [:])["service.name"] ?? ""
            let scopes = resource["scopeSpans"] as? [[String: Any]] ?? []
            return scopes.flatMap { $0["spans"] as? [[String: Any]] ?? [] }.map { span in
                Span(
                    service: service,
                    name: span["name"] as? String ?? "",
                    trace: span["traceId"] as? String ?? "",
                    id: span["spanId"] as? String ?? "",
                    parent: span["parentSpanId"] as? String,
                    kind: span["kind"] as? Int ?? 0,
                    attributes: attributes(span)
                )
            }
        }
    }

    private static func attributes(_ object: [String: Any]) -> [String: String] {
        let pairs = (object["attributes"] as? [[String: Any]] ?? []).map { entry in
            let value = entry["value"] as? [String: Any] ?? [:]
            return (
                entry["key"] as? String ?? "", value["stringValue"] as? String ?? value["intValue"] as? String ?? ""
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// A jobset at its end, and the `traceparent` of its callback.
    private struct Outcome: Sendable {
        let jobset: Jobset
        let header: String?
    }

    /// The steps of a jobset of one job, by worker and name, each with its kind.
    private static let steps: [String: Int] = [
        "muster-ingest: receive document": 5, "muster-submitter: submit job": 3, "muster-watcher: fetch results": 3,
        "muster-notifier: deliver callback": 4, "muster-notifier: deliver report": 4,
    ]

    private static func run(
        _ fleet: TestFleet,
        _ version: String,
        below parent: TraceParent?
    ) async throws -> Outcome {
        let id = UUID()
        let document = try fleet.document([TestFleet.definition()], version: version)
        try await fleet.publisher.publish(
            jobset: document,
            id: id,
            replyTo: nil,
            correlationID: nil,
            traceParent: parent
        )
        let jobset = try await fleet.waitUntilFinished(id)
        try await fleet.waitForCallback(of: id)
        let callback = fleet.receiver.received.first {
            ($0.json["data"] as? [String: Any])?["jobset"] as? String == id.text
        }
        return Outcome(jobset: jobset, header: callback?.headers["traceparent"])
    }

    /// Whether a collector has all steps of a jobset, each below `parent`, or as that very span.
    private static func check(
        _ outcome: Outcome,
        below parent: TraceParent,
        in collector: CallbackReceiver
    ) async throws {
        let trace = "\(parent.trace)"
        try await eventually("all spans of \(outcome.jobset.build)") {
            let found = Self.spans(collector).filter { $0.trace == trace }.map { "\($0.service): \($0.name)" }
            return Set(found).isSuperset(of: Self.steps.keys)
        }
        let spans = Self.spans(collector).filter { $0.trace == trace }
        for span in spans {
            #expect(Self.steps["\(span.service): \(span.name)"] == span.kind, "\(span.name)")
            #expect(span.attributes["muster.jobset"] == outcome.jobset.id.text, "\(span.name)")
            if span.id == parent.spanText {
                #expect(span.name == "receive document" && span.parent == nil)
            } else {
                #expect(span.parent == parent.spanText, "\(span.name)")
            }
        }
        #expect(Set(spans.map(\.id)).count == spans.count)
        let sent = try #require(outcome.header.flatMap(TraceParent.init))
        #expect(sent.trace == parent.trace)
        #expect(spans.contains { $0.name == "deliver callback" && $0.id == sent.spanText })
    }

    @Test("Every step is a span below the publisher's, or of a trace of its own, and the callback belongs to it")
    func wholeFleet() async throws {
        try await CallbackReceiver.with { collector in
            let endpoint = "http://127.0.0.1:\(collector.port)"
            try await TestFleet.with(settings: ["tracing": ["otlp_endpoint": endpoint]]) { fleet in
                try fleet.startAll()
                let parent = try #require(TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
                let given = try await Self.run(fleet, "given", below: parent)
                let begun = try await Self.run(fleet, "begun", below: nil)
                let quiet = try #require(TraceParent("00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"))
                let unrecorded = try await Self.run(fleet, "unrecorded", below: quiet)

                #expect(given.jobset.traceparent == parent.description)
                let root = try #require(begun.jobset.traceparent.flatMap(TraceParent.init))
                #expect(unrecorded.jobset.traceparent == quiet.description)
                // Nobody records it: the receiver gets it as the publisher sent it.
                #expect(unrecorded.header == quiet.description)

                try await Self.check(given, below: parent, in: collector)
                try await Self.check(begun, below: root, in: collector)
                #expect(!Self.spans(collector).contains { $0.trace == "\(quiet.trace)" })
            }
        }
    }

    @Test(
        "A collector that is not there holds up nothing, and without one a trace is handed on",
        arguments: [true, false]
    )
    func noCollector(isConfigured: Bool) async throws {
        let settings: TestFleet.Settings = isConfigured ? ["tracing": ["otlp_endpoint": "http://127.0.0.1:1"]] : [:]
        try await TestFleet.with(settings: settings) { fleet in
            try fleet.startAll()
            let parent = try #require(TraceParent("00-2af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
            let outcome = try await Self.run(fleet, "1", below: parent)
            #expect(outcome.jobset.verdict == .passed)
            let sent = try #require(outcome.header.flatMap(TraceParent.init))
            #expect(sent.trace == parent.trace)
            #expect((sent == parent) == !isConfigured)
        }
    }

    @Test(
        "What is no traceparent is no reason to refuse a document",
        arguments: ["", "nonsense", String(repeating: "0", count: 5_000), "00-0-0-0"]
    )
    func hostile(header: String) async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            let id = UUID()
            let body = try fleet.document([TestFleet.definition()])
            try await fleet.withSession { session in
                // Whatever its type.
                for (number, value) in [AMQPValue.string(header), .int64(1), .bool(true)].enumerated() {
                    try await session.publish(
                        AMQPMessage(
                            body: body,
                            properties: AMQPProperties(
                                headers: ["traceparent": value],
                                messageID: number == 0 ? id.text : UUID().text,
                                type: "muster.jobset.v1"
                            )
                        ),
                        exchange: fleet.topology.exchange,
                        routingKey: fleet.topology.jobsetKey
                    )
                }
            }
            let jobset = try await eventually("the jobset") { try await fleet.store.jobset(id: id) }
            #expect(jobset.traceparent == nil)
            try await eventually("all of them") { try await fleet.store.jobsets(JobsetFilter()).count == 3 }
        }
    }
}
