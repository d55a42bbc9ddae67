// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Logging
package import Tracing

private enum TraceParentKey: ServiceContextKey {
    typealias Value = TraceParent
    static let nameOverride: String? = TraceParent.header
}

extension ServiceContext {
    /// The place in a trace of what is being done.
    package var traceParent: TraceParent? {
        get { self[TraceParentKey.self] }
        set { self[TraceParentKey.self] = newValue }
    }
}

extension TraceParent {
    /// The place of what this task does.
    package static var current: TraceParent? { ServiceContext.current?.traceParent }
}

extension Logger.MetadataProvider {
    /// Adds the trace of what is being done to each line about it.
    static let trace = Logger.MetadataProvider {
        guard let parent = TraceParent.current else { return [:] }
        return [LogKey.trace.rawValue: "\(parent.trace)"]
    }
}

/// What a span says of a step, by the name of the attribute.
package enum SpanFact: String, Sendable {
    case jobset = "muster.jobset"
    case build = "muster.build"
    case job = "muster.job"
    case attempt = "muster.attempt"
    case labJob = "muster.lab_job"
    case backend = "muster.backend"
    case delivery = "muster.delivery"
    case kind = "muster.kind"
    case outcome = "muster.outcome"
    case tries = "muster.tries"
    /// OpenTelemetry's own name for the host of a request.
    case host = "server.address"
    /// The same for the status of an answer.
    case status = "http.response.status_code"
}

extension Span {
    /// Says something of the step.
    package func note(_ fact: SpanFact, _ value: String) { attributes[fact.rawValue] = value }
    /// Says something of the step.
    package func note(_ fact: SpanFact, _ value: Int) { attributes[fact.rawValue] = Int64(value) }

    /// Says that the step has failed, in words that may be logged.
    package func fail(_ reason: String) {
        setStatus(SpanStatus(code: .error, message: HarmlessText.line(reason, limit: 300)))
    }
}

/// One step of a jobset's way as a span of its trace. Whether spans go anywhere or not, what is logged meanwhile says which
/// trace it belongs to, and ``TraceParent/current`` is what is handed on.
///
/// - Parameters:
///   - name: What is done; the same for all of its kind.
///   - parent: Below which span; nil begins a trace, if spans are exported.
package func withStep<Result>(
    _ name: String,
    below parent: TraceParent?,
    kind: SpanKind,
    _ body: (any Span) async throws -> Result
) async rethrows -> Result {
    var context = ServiceContext.topLevel
    context.traceParent = parent
    let span = InstrumentationSystem.tracer.startAnySpan(name, context: context, ofKind: kind)
    defer { span.end() }
    do {
        return try await ServiceContext.$current.withValue(span.context) { try await body(span) }
    } catch {
        if !(error is CancellationError) { span.fail("\(error)") }
        throw error
    }
}
