// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import Logging
import Metrics
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite("The health server", .timeLimit(.minutes(10)))
struct HealthServerTests {
    struct Down: Error {}

    /// Runs a server with `checks` while `body` talks to its port.
    private func withServer(
        _ checks: [HealthCheck],
        _ registry: MetricsRegistry = MetricsRegistry(),
        liveness: Liveness = Liveness(),
        _ body: (Int) async throws -> Void
    ) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = HealthServer(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            checks: checks,
            liveness: liveness,
            registry: registry,
            logger: logger
        ) {
            listening.yield($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            defer { tasks.cancelAll() }
            let port = await ports.first { _ in true }
            try await body(try #require(port))
        }
    }

    private func get(_ port: Int, _ path: String) async throws -> (Int, String) {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        let (data, response) = try await URLSession(configuration: .ephemeral).data(from: url)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    @Test("A worker is live once it answers and ready while every check holds")
    func ready() async throws {
        try await withServer([HealthCheck("database") {}]) { port in
            let answer1 = try await get(port, "/health/live")
            #expect(answer1.0 == 200)
            let answer2 = try await get(port, "/health/ready")
            #expect(answer2 == (200, #"{"status":"ready","checks":{"database":"ok"}}"#))
            let answer3 = try await get(port, "/nothing")
            #expect(answer3.0 == 404)
        }
    }

    @Test("One failed check makes it not ready, and is named")
    func notReady() async throws {
        try await withServer([HealthCheck("database") {}, HealthCheck("broker") { throw Down() }]) { port in
            let (status, body) = try await get(port, "/health/ready")
            #expect(status == 503)
            #expect(body == #"{"status":"not ready","checks":{"database":"ok","broker":"failed"}}"#)
            let answer4 = try await get(port, "/health/live")
            #expect(answer4.0 == 200)
        }
    }

    @Test("A worker with a loop that is stuck is not live, and the loop is named")
    func stuck() async throws {
        let liveness = Liveness()
        try await withServer([], liveness: liveness) { port in
            try await liveness.watching("leases", limit: .zero) { _ in
                try await liveness.watching("consumers", limit: .seconds(3_600)) { _ in
                    let answer = try await get(port, "/health/live")
                    #expect(answer == (503, #"{"status":"stuck","loops":["leases"]}"#))
                }
            }
            let answer = try await get(port, "/health/live")
            #expect(answer == (200, #"{"status":"live"}"#))
        }
    }

    @Test("HEAD is answered like GET, without a body")
    func head() async throws {
        try await withServer([HealthCheck("broker") { throw Down() }]) { port in
            for (path, status) in [("/metrics", 200), ("/health/live", 200), ("/health/ready", 503)] {
                var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
                request.httpMethod = "HEAD"
                let (data, response) = try await URLSession(configuration: .ephemeral).data(for: request)
                #expect((response as? HTTPURLResponse)?.statusCode == status)
                #expect(data.isEmpty)
            }
        }
    }

    @Test("Metrics are served as they are at that moment")
    func metrics() async throws {
        let registry = MetricsRegistry()
        try await withServer([], registry) { port in
            Counter(label: "seen", factory: registry).increment(by: 4)
            let answer5 = try await get(port, "/metrics")
            #expect(answer5.1.contains("muster_seen_total 4\n"))
        }
    }
}
