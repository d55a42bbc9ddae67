// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime
import Foundation
package import Logging
package import ServiceLifecycle
import Synchronization
import Tracing

/// Whether a worker exports its spans, and where.
package enum TraceExport {
    /// How many spans may wait.
    private static let queueCapacity = 8_192
    /// A process has one tracer for good, and so one queue.
    private static let begun = Mutex<SpanQueue?>(nil)

    /// What sends the spans of this process; none if nobody has said where to. To be called before any span is made, and
    /// again with each configuration that the worker takes up.
    package static func services(
        name: String,
        configuration: FleetConfiguration,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger
    ) -> [any Service] {
        let endpoint = endpoint(configuration.tracing.endpoint, environment: environment)
        let queue = begun.withLock { begun -> SpanQueue? in
            if let begun { return begun }
            guard endpoint != nil else { return nil }
            let queue = SpanQueue(capacity: queueCapacity)
            InstrumentationSystem.bootstrap(FleetTracer(queue: queue))
            begun = queue
            return queue
        }
        guard let queue, let endpoint else { return [] }
        return [SpanExporter(queue: queue, endpoint: endpoint, service: name, logger: logger)]
    }

    /// Where requests go: the configuration's word before that of OpenTelemetry's own variables.
    static func endpoint(_ configured: String?, environment: [String: String]) -> String? {
        if let configured { return withPath(configured) }
        guard environment["OTEL_SDK_DISABLED"]?.lowercased() != "true" else { return nil }
        func variable(_ name: String) -> String? {
            environment[name].flatMap { text in
                let text = text.trimmingCharacters(in: .whitespaces)
                return URL(string: text)?.host() != nil && text.lowercased().hasPrefix("http") ? text : nil
            }
        }
        // The former is used as it is, the latter is what all signals have in common.
        return variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? variable("OTEL_EXPORTER_OTLP_ENDPOINT").map(withPath)
    }

    private static func withPath(_ base: String) -> String {
        base + (base.hasSuffix("/") ? "" : "/") + "v1/traces"
    }
}
