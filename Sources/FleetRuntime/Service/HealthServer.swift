// SPDX-License-Identifier: Apache-2.0

import Deadlines
import Fleet
import Foundation
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves `/health/live`, `/health/ready` and `/metrics`.
///
/// Live means that every loop of the process turns: 200, otherwise 503 with the names of those that are stuck. Ready means
/// that every check holds: 200, otherwise 503, with each check's name and `ok` or `failed`; why one failed is logged, not
/// served. Metrics come in Prometheus's text format 0.0.4.
package struct HealthServer: Service {
    private let address: ListenAddress
    private let checks: @Sendable () -> [HealthCheck]
    private let liveness: Liveness
    private let registry: MetricsRegistry
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// A server; it listens once it runs.
    ///
    /// - Parameters:
    ///   - address: Where to listen; port 0 takes any that is free.
    ///   - checks: What must hold for the worker to be ready; asked each time, since a worker may have other services
    ///     later.
    ///   - liveness: The loops that must turn for it to be live.
    ///   - registry: The metrics that are served.
    ///   - logger: Where failed checks are logged.
    ///   - onListening: Told the port once the server listens.
    package init(
        address: ListenAddress,
        checks: @escaping @autoclosure @Sendable () -> [HealthCheck],
        liveness: Liveness = .ofProcess,
        registry: MetricsRegistry,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.address = address
        self.checks = checks
        self.liveness = liveness
        self.registry = registry
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the task is cancelled or asked to stop gracefully.
    package func run() async throws {
        let router = Router()
        Self.serve("health/live", on: router) { live() }
        Self.serve("health/ready", on: router) { await ready() }
        Self.serve("metrics", on: router) {
            let text = registry.text() + ProcessMetric.text()
            return Self.answer(.ok, "text/plain; version=0.0.4; charset=utf-8", text)
        }
        let onListening = onListening
        // Its own lines would repeat, at info, what the worker says itself.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: "muster"),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            logger: quiet
        )
        try await application.run()
    }

    private func live() -> Response {
        let stuck = liveness.stuck
        guard !stuck.isEmpty else { return Self.answer(.ok, "application/json", #"{"status":"live"}"#) }
        let body = JSONParts.object([
            JSONParts.member("status", JSONParts.string("stuck")),
            JSONParts.member(
                "loops",
                JSONParts.array(Array(stuck.map(JSONParts.string).joined(separator: [UInt8(ascii: ",")])))
            ),
        ])
        return Self.answer(.serviceUnavailable, "application/json", String(decoding: body, as: UTF8.self))
    }

    private static func serve(
        _ path: RouterPath,
        on router: Router<BasicRequestContext>,
        _ answer: @escaping @Sendable () async -> Response
    ) {
        router.get(path) { _, _ in await answer() }
        router.head(path) { _, _ in await answer().createHeadResponse() }
    }

    private func ready() async -> Response {
        let checks = checks()
        let results = await checks.results(logger: logger)
        let isReady = results.allSatisfy { $0 }
        let answers = zip(checks, results).map {
            JSONParts.member($0.name, JSONParts.string($1 ? "ok" : "failed"))
        }
        let body = JSONParts.object([
            JSONParts.member("status", JSONParts.string(isReady ? "ready" : "not ready")),
            JSONParts.member("checks", JSONParts.object(answers)),
        ])
        let text = String(decoding: body, as: UTF8.self)
        return Self.answer(isReady ? .ok : .serviceUnavailable, "application/json", text)
    }

    private static func answer(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body))
        )
    }
}

/// A service that can tell whether it is ready. ``runFleet(name:configuration:services:logger:)`` asks for its checks.
package protocol HealthReporting {
    /// What must hold for the service to be ready.
    var healthChecks: [HealthCheck] { get }
}

/// Something that must hold for a worker to be ready.
package struct HealthCheck: Sendable {
    /// What is checked, for example `database`.
    package let name: String
    /// Returns when it holds, throws when it doesn't. It is given a few seconds.
    package let check: @Sendable () async throws -> Void

    /// A check called `name`.
    package init(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}

extension HealthCheck {
    /// How long one check may take.
    private static let timeout = Duration.seconds(3)

    /// Whether it holds. Why it does not is logged.
    fileprivate func holds(_ logger: Logger) async -> Bool {
        do {
            guard try await withDeadline(Self.timeout, { try await check() }) != nil else { throw Late() }
            return true
        } catch {
            logger.warning("a health check failed", [.check: "\(name)", .error: "\(error)"])
            return false
        }
    }

    private struct Late: Error, CustomStringConvertible {
        var description: String { "no answer within \(HealthCheck.timeout)" }
    }
}

extension [HealthCheck] {
    /// Whether each of them holds. All are asked at once.
    func results(logger: Logger) async -> [Bool] {
        await withTaskGroup(of: (Int, Bool).self) { tasks in
            for (index, check) in enumerated() {
                tasks.addTask { (index, await check.holds(logger)) }
            }
            var results = [Bool](repeating: false, count: count)
            for await (index, result) in tasks { results[index] = result }
            return results
        }
    }

    /// The names of those that do not hold.
    func failing(logger: Logger) async -> [String] {
        zip(self, await results(logger: logger)).filter { !$1 }.map(\.0.name)
    }
}
