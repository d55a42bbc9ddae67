// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Logging
import Testing
import Tracing

@testable import FleetRuntime
@testable import Traces

@Suite("Spans")
struct TracerTests {
    private static let parent = TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

    private func context(below parent: TraceParent?) -> ServiceContext {
        var context = ServiceContext.topLevel
        context.traceParent = parent
        return context
    }

    @Test("A span belongs to the trace of its parent, and has an id of its own")
    func child() throws {
        let queue = SpanQueue(capacity: 10)
        let span = FleetTracer(queue: queue).startSpan("step", context: context(below: Self.parent), ofKind: .client)
        span.note(.jobset, "x")
        #expect(queue.take(atMost: 10).isEmpty)
        span.end()
        span.end()
        let records = queue.take(atMost: 10)
        #expect(records.count == 1)
        let record = try #require(records.first)
        #expect(record.parent == Self.parent)
        #expect(record.place.trace == Self.parent?.trace)
        #expect(record.place.span != Self.parent?.span)
        #expect(span.context.traceParent == record.place)
        #expect(record.end >= record.start)
    }

    @Test("Without a parent a trace begins")
    func root() {
        let queue = SpanQueue(capacity: 10)
        let tracer = FleetTracer(queue: queue)
        for _ in 0..<2 { tracer.startSpan("step", context: context(below: nil)).end() }
        let records = queue.take(atMost: 10)
        #expect(records.allSatisfy { $0.parent == nil && $0.place.isSampled })
        #expect(Set(records.map(\.place.trace)).count == 2)
    }

    @Test("A trace that its beginner does not record is not recorded here, and its place is handed on as it is")
    func unsampled() throws {
        let queue = SpanQueue(capacity: 10)
        let parent = try #require(TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"))
        let span = FleetTracer(queue: queue).startSpan("step", context: context(below: parent))
        #expect(!span.isRecording)
        span.note(.jobset, "x")
        span.fail("x")
        span.end()
        #expect(queue.take(atMost: 10).isEmpty)
        #expect(span.context.traceParent == parent)
    }

    @Test("What finds no room is dropped")
    func bound() {
        let queue = SpanQueue(capacity: 3)
        let tracer = FleetTracer(queue: queue)
        for number in 0..<5 { tracer.startSpan("step \(number)", context: context(below: nil)).end() }
        #expect(queue.take(atMost: 2).map(\.name) == ["step 0", "step 1"])
        #expect(queue.take(atMost: 10).map(\.name) == ["step 2"])
    }

    @Test("Without an exporter, the place is known meanwhile and logged")
    func logged() async throws {
        #expect(TraceParent.current == nil)
        await withStep("step", below: Self.parent, kind: .internal) { span in
            #expect(!span.isRecording)
            #expect(TraceParent.current == Self.parent)
            #expect(Logger.MetadataProvider.trace.get() == ["trace": "0af7651916cd43dd8448eb211c80319c"])
            await Task { #expect(TraceParent.current == Self.parent) }.value
        }
        #expect(Logger.MetadataProvider.trace.get().isEmpty)
    }

    @Test("The header is taken from a carrier and put into one")
    func carriers() {
        struct Headers: Extractor, Injector {
            func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
            func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
                carrier[key] = value
            }
        }
        let tracer = FleetTracer(queue: SpanQueue(capacity: 1))
        var found = ServiceContext.topLevel
        var carrier: [String: String] = [:]
        tracer.inject(context(below: Self.parent), into: &carrier, using: Headers())
        tracer.extract(carrier, into: &found, using: Headers())
        #expect(found.traceParent == Self.parent)
        tracer.extract(["traceparent": "nonsense"], into: &found, using: Headers())
        #expect(found.traceParent == nil)
    }

    @Test("A span in OTLP's JSON")
    func json() throws {
        let parent = try #require(Self.parent)
        let place = TraceParent(trace: parent.trace, span: 0xAB, isSampled: true)
        var record = SpanRecord(
            name: "submit job",
            kind: .consumer,
            place: place,
            parent: parent,
            start: 1_700_000_000_123_456_789
        )
        record.end = record.start + 5
        record.attributes["muster.backend"] = "lab-a"
        record.attributes["muster.job"] = Int64(7)
        record.failure = "no answer"
        record.links = [parent]
        let request = OTLPRequest([record], resource: [("service.name", "muster-submitter")], version: "0.1.0")
        #expect(
            String(decoding: try request.encoded(), as: UTF8.self) == """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"muster-submitter"}}]},\
                "scopeSpans":[{"scope":{"name":"muster","version":"0.1.0"},"spans":[{"attributes":[{"key":"muster.backend",\
                "value":{"stringValue":"lab-a"}},{"key":"muster.job","value":{"intValue":"7"}}],\
                "endTimeUnixNano":"1700000000123456794","flags":1,"kind":5,"links":[{"spanId":"b7ad6b7169203331",\
                "traceId":"0af7651916cd43dd8448eb211c80319c"}],"name":"submit job","parentSpanId":"b7ad6b7169203331",\
                "spanId":"00000000000000ab","startTimeUnixNano":"1700000000123456789",\
                "status":{"code":2,"message":"no answer"},"traceId":"0af7651916cd43dd8448eb211c80319c"}]}]}]}
                """
        )
    }
}
