// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetRuntime
import Synchronization
package import Tracing

/// Makes spans, and hands those that have ended to a queue from which they are exported.
///
/// A trace that whoever began it does not record is not recorded here either: its place is handed on as it is.
package struct FleetTracer: Tracer {
    let queue: SpanQueue

    package init(queue: SpanQueue) { self.queue = queue }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> FleetSpan {
        var context = context()
        let parent = context.traceParent
        guard parent?.isSampled != false else { return FleetSpan(context: context) }
        let place = TraceParent(trace: parent?.trace ?? .random(), span: .random(in: 1 ... .max), isSampled: true)
        context.traceParent = place
        let record = SpanRecord(
            name: operationName,
            kind: kind,
            place: place,
            parent: parent,
            start: instant().nanosecondsSinceEpoch
        )
        return FleetSpan(context: context, record: record, queue: queue)
    }

    package func forceFlush() {}

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context.traceParent = extractor.extract(key: TraceParent.header, from: carrier).flatMap(TraceParent.init)
    }

    package func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let place = context.traceParent else { return }
        injector.inject("\(place)", forKey: TraceParent.header, into: &carrier)
    }
}

extension TraceID {
    /// A new one.
    fileprivate static func random() -> TraceID {
        while true {
            if let id = TraceID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)) { return id }
        }
    }
}

/// What is known of a span.
package struct SpanRecord: Sendable {
    package var name: String
    package let kind: SpanKind
    package let place: TraceParent
    package let parent: TraceParent?
    /// In nanoseconds since 1970.
    package let start: UInt64
    package var end: UInt64
    package var attributes = SpanAttributes()
    package var links: [TraceParent] = []
    /// What went wrong.
    package var failure: String?

    /// The most links that are kept.
    static let maximumLinks = 100

    package init(name: String, kind: SpanKind, place: TraceParent, parent: TraceParent?, start: UInt64) {
        self.name = name
        self.kind = kind
        self.place = place
        self.parent = parent
        self.start = start
        end = start
    }
}

/// A step that is being done. Without a record, nobody is told of it.
package final class FleetSpan: Span {
    package let context: InstrumentationContext
    private let record: Mutex<SpanRecord?>
    private let queue: SpanQueue?

    init(context: InstrumentationContext, record: SpanRecord? = nil, queue: SpanQueue? = nil) {
        self.context = context
        self.record = Mutex(record)
        self.queue = queue
    }

    package var isRecording: Bool { record.withLock { $0 != nil } }

    package var operationName: String {
        get { record.withLock { $0?.name ?? "" } }
        set { record.withLock { $0?.name = newValue } }
    }

    package var attributes: SpanAttributes {
        get { record.withLock { $0?.attributes ?? [:] } }
        set { record.withLock { $0?.attributes = newValue } }
    }

    package func setStatus(_ status: SpanStatus) {
        record.withLock { $0?.failure = status.code == .error ? status.message ?? "" : nil }
    }

    package func addLink(_ link: SpanLink) {
        guard let place = link.context.traceParent else { return }
        record.withLock { record in
            if record?.links.count ?? .max < SpanRecord.maximumLinks { record?.links.append(place) }
        }
    }

    /// What happens during a step is in the log, which has the trace's id.
    package func addEvent(_ event: SpanEvent) {}

    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        fail("\(error)")
    }

    /// The first end counts.
    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended = record.withLock { record in
            defer { record = nil }
            return record
        }
        guard var ended else { return }
        ended.end = max(ended.start, instant().nanosecondsSinceEpoch)
        queue?.add(ended)
    }
}
