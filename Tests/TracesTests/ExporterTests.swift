// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import Logging
import TestSupport
import Testing
import Tracing

@testable import Traces

@Suite("The export of spans")
struct ExporterTests {
    private static let quick: SpanExporter.Limits = {
        var limits = SpanExporter.Limits()
        limits.interval = .milliseconds(20)
        limits.batch = 10
        limits.timeout = .seconds(5)
        return limits
    }()

    private func fill(_ queue: SpanQueue, _ count: Int) {
        let tracer = FleetTracer(queue: queue)
        for number in 0..<count { tracer.startSpan("step \(number)", context: .topLevel).end() }
    }

    private func exporter(_ queue: SpanQueue, _ url: String, _ limits: SpanExporter.Limits = quick) -> SpanExporter {
        SpanExporter(queue: queue, endpoint: url, service: "muster-tests", limits: limits, logger: quietLogger)
    }

    @Test("A collector that is busy is asked again, and gets each span once")
    func busy() async throws {
        try await CallbackReceiver.with({ _, before in .status(before < 2 ? 503 : 200, body: "{}") }) { collector in
            let queue = SpanQueue(capacity: 100)
            fill(queue, 25)
            try await withServices([exporter(queue, "\(collector.url)/v1/traces")]) {
                try await eventually("all to be exported") {
                    collector.received.filter { $0.status == 200 }.flatMap { $0.spanNames }.count == 25
                }
            }
            let taken = collector.received.filter { $0.status == 200 }
            #expect(Set(taken.flatMap { $0.spanNames }).count == 25)
            // What was on its way when the stop began may come again after that.
            #expect(collector.received.prefix(5).map(\.status) == [503, 503, 200, 200, 200])
            #expect(
                taken.allSatisfy { $0.headers["content-type"] == "application/json" && $0.path == "/hook/v1/traces" }
            )
            // What exports spans makes none, and says nothing of a trace.
            #expect(collector.received.allSatisfy { $0.headers["traceparent"] == nil })
        }
    }

    @Test("A collector that refuses them is not asked again with the same, but with what comes then")
    func refused() async throws {
        try await CallbackReceiver.with({ _, before in .status(before == 0 ? 400 : 200) }) { collector in
            let queue = SpanQueue(capacity: 100)
            fill(queue, 10)
            try await withServices([exporter(queue, collector.url)]) {
                try await eventually("the refusal") { collector.received.count == 1 }
                fill(queue, 3)
                try await eventually("the next") { collector.received.count == 2 }
            }
            #expect(collector.received.last?.spanNames.count == 3)
        }
    }

    @Test("The last spans are sent at the stop, which no collector holds up")
    func stop() async throws {
        try await CallbackReceiver.with { collector in
            var limits = Self.quick
            limits.interval = .seconds(3_600)
            let queue = SpanQueue(capacity: 100)
            fill(queue, 1)
            try await withServices([exporter(queue, collector.url, limits)]) {
                // Only then does it pause, for an hour.
                try await eventually("the first turn") { collector.received.count == 1 }
                fill(queue, 4)
            }
            #expect(collector.received.map { $0.spanNames.count } == [1, 4])
        }
        try await CallbackReceiver.with({ _, _ in .hang() }) { collector in
            var limits = Self.quick
            limits.timeout = .seconds(3_600)
            limits.lastWords = .milliseconds(50)
            let queue = SpanQueue(capacity: 100)
            fill(queue, 25)
            // It ends, or the test does not.
            try await withServices([exporter(queue, collector.url, limits)]) {
                try await eventually("a request that hangs") { !collector.received.isEmpty }
            }
            #expect(collector.received.count == 2, "the last words were tried")
        }
    }

    @Test("Where spans go")
    func endpoint() {
        func endpoint(_ configured: String?, _ environment: [String: String] = [:]) -> String? {
            TraceExport.endpoint(configured, environment: environment)
        }
        #expect(endpoint(nil) == nil)
        #expect(endpoint("http://c:4318") == "http://c:4318/v1/traces")
        #expect(endpoint("http://c/otlp/") == "http://c/otlp/v1/traces")
        let base = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://all:4318/"]
        #expect(endpoint(nil, base) == "http://all:4318/v1/traces")
        #expect(endpoint("https://c", base) == "https://c/v1/traces")
        let own = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://own/x"]
        #expect(endpoint(nil, base.merging(own) { $1 }) == "http://own/x")
        #expect(endpoint(nil, base.merging(["OTEL_SDK_DISABLED": "TRUE"]) { $1 }) == nil)
        #expect(endpoint(nil, ["OTEL_EXPORTER_OTLP_ENDPOINT": "nonsense"]) == nil)
        #expect(endpoint(nil, ["OTEL_EXPORTER_OTLP_ENDPOINT": ""]) == nil)
    }
}

extension ReceivedCallback {
    /// The names of the spans in a request.
    fileprivate var spanNames: [String] {
        let resources = json["resourceSpans"] as? [[String: Any]] ?? []
        let scopes = resources.flatMap { $0["scopeSpans"] as? [[String: Any]] ?? [] }
        return scopes.flatMap { $0["spans"] as? [[String: Any]] ?? [] }.compactMap { $0["name"] as? String }
    }
}
