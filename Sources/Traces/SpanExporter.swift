// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import FleetRuntime
import Foundation
import HTTPExchange
package import Logging
import NIOHTTP1
import ServiceLifecycle

/// Sends spans to a collector, as OTLP over HTTP in JSON, some at a time.
///
/// A collector that does not take them is asked again a few times; what it has not taken then is dropped and counted.
/// Meanwhile the queue fills, and has a limit as well.
package struct SpanExporter: Service {
    /// How it works.
    package struct Limits: Sendable {
        /// How often what has ended is sent.
        package var interval: Duration = .seconds(2)
        /// How many spans go into one request.
        package var batch = 512
        /// How long a request may take.
        package var timeout: Duration = .seconds(10)
        /// How often a batch is sent before it is dropped.
        package var maximumTries = 4
        /// How long a stop waits for the last spans to be sent.
        package var lastWords: Duration = .seconds(3)

        package init() {}
    }

    let queue: SpanQueue
    let endpoint: String
    let resource: [(name: String, value: String)]
    let limits: Limits
    let logger: Logger

    /// The most of an answer that is read, in bytes.
    private static let answerBytes = 4_096
    /// The pauses before a batch is sent again.
    private static let backoff = Backoff(first: .milliseconds(500), maximum: .seconds(10))

    /// - Parameters:
    ///   - endpoint: Where requests go, with their path: `http://127.0.0.1:4318/v1/traces`.
    ///   - service: What the program is called.
    package init(queue: SpanQueue, endpoint: String, service: String, limits: Limits = Limits(), logger: Logger) {
        self.queue = queue
        self.endpoint = endpoint
        self.limits = limits
        self.logger = logger
        resource = [
            ("service.namespace", "muster"), ("service.name", service), ("service.version", MusterVersion.current),
            ("host.name", ProcessInfo.processInfo.hostName), ("process.pid", "\(getpid())"),
        ]
    }

    package func run() async throws {
        var settings = HTTPSettings()
        settings.idleTimeout = .seconds(30)
        settings.connectTimeout = min(limits.timeout, .seconds(5))
        try await settings.withClient { client in try await queue.withExporter { try await exportAll(over: client) } }
    }

    private func exportAll(over client: HTTPClient) async throws {
        await keepExporting(over: client)
        // In tasks of their own, since this one may be cancelled by now.
        let last = Task { try await export(over: client, tries: 1) }
        let end = Task { [limits] in
            try await Task.sleep(for: limits.lastWords)
            last.cancel()
        }
        _ = await last.result
        end.cancel()
    }

    /// Exports until shutdown. It is no loop that has to turn for the worker to be alive: the fleet works without a collector.
    private func keepExporting(over client: HTTPClient) async {
        var isFailing = false
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                // A request that hangs must not hold up a stop for longer than the last words may take.
                try await cancelWhenGracefulShutdown { try await export(over: client) }
                if isFailing { logger.notice("spans are exported again") }
                isFailing = false
            } catch {
                if Task.isShuttingDownGracefully { return }
                if !isFailing { logger.warning("spans can't be exported and are dropped", [.error: "\(error)"]) }
                isFailing = true
            }
            try? await cancelWhenGracefulShutdown { [interval = limits.interval] in
                try await Task.sleep(for: interval * Double.random(in: 0.9...1.1))
            }
        }
    }

    /// Sends all that waits. A batch that is under way when a stop begins waits again, for the last words.
    ///
    /// - Throws: ``Refusal`` when the collector has not taken a batch, which is dropped.
    private func export(over client: HTTPClient, tries: Int? = nil) async throws {
        while !Task.isCancelled {
            let batch = queue.take(atMost: limits.batch)
            guard !batch.isEmpty else { return }
            do {
                try await send(batch, over: client, tries: tries ?? limits.maximumTries)
                FleetMetric.spans.increment(by: batch.count, [.outcome: "exported"])
            } catch {
                if tries == nil, Task.isCancelled {
                    for span in batch { queue.add(span) }
                } else {
                    FleetMetric.spans.increment(by: batch.count, [.outcome: "dropped"])
                }
                throw error
            }
        }
    }

    /// Sends a batch, again and again if that may help.
    private func send(_ batch: [SpanRecord], over client: HTTPClient, tries: Int) async throws {
        let body = try OTLPRequest(batch, resource: resource, version: MusterVersion.current).encoded()
        for number in 1... {
            guard let refusal = await refusal(of: body, over: client) else { return }
            guard refusal.mayPass, number < tries, !Task.isCancelled, !Task.isShuttingDownGracefully else {
                throw refusal
            }
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: Self.backoff.pause(afterAttempt: number))
            }
        }
    }

    /// One request; nil if the collector has taken it.
    private func refusal(of body: [UInt8], over client: HTTPClient) async -> Refusal? {
        var request = HTTPClientRequest(url: endpoint)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "muster/\(MusterVersion.current)")
        request.body = .bytes(body)
        do {
            let status = try await HTTPExchange.send(request, over: client, within: limits.timeout) { answer in
                try await answer.body.beginning(upTo: Self.answerBytes) { _ in }
                return answer.status.code
            }
            guard !(200..<300).contains(status) else { return nil }
            // Those that OTLP names as worth another try.
            return Refusal(reason: "HTTP \(status)", mayPass: [429, 502, 503, 504].contains(status))
        } catch {
            let failure = ConnectionFailure(error, authoritiesKey: "SSL_CERT_FILE")
            return Refusal(reason: failure.reason, mayPass: failure.kind != .untrusted)
        }
    }

    /// The collector has not taken spans.
    struct Refusal: Error, CustomStringConvertible {
        let reason: String
        let mayPass: Bool
        var description: String { "the collector does not take spans: \(reason)" }
    }
}
