// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Logging
import ServiceLifecycle

/// A fleet's exchanges and queues under a prefix of their own, on the broker that the environment names, and a
/// publisher to them. All of it is gone when the test ends.
struct TestQueues: Sendable {
    struct MissingServer: Error, CustomStringConvertible {
        let variable: String
        var description: String {
            "\(variable) is not set: run the tests with `make test`, which starts the servers"
        }
    }

    let topology: FleetTopology
    let configuration: AMQPConfiguration
    let publisher: FleetPublisher

    static func with(_ body: @Sendable (TestQueues) async throws -> Void) async throws {
        let name = "queues_" + UUID().uuidString.lowercased().replacing("-", with: "").prefix(16)
        var configuration = try AMQPConfiguration(url: variable("MUSTER_TEST_AMQP_URL"))
        configuration.firstReconnectDelay = .milliseconds(50)
        configuration.maximumReconnectDelay = .seconds(1)
        let topology = FleetTopology(prefix: name, backends: ["lab-a", "lab-b"])
        let publisher = FleetPublisher(configuration: configuration, topology: topology, logger: quiet)
        let test = TestQueues(topology: topology, configuration: configuration, publisher: publisher)
        let outcome: Result<Void, any Error>
        do {
            try await test.session { session in
                try await session.declare(topology.topology)
                // A queue that has no leader yet refuses what is published, and may have it all the same.
                for queue in topology.topology.queues {
                    try await eventually("\(queue.name) to take messages") {
                        let message = AMQPMessage(text: "first")
                        return (try? await session.publish(message, exchange: "", routingKey: queue.name)) != nil
                    }
                    _ = try await session.purge(queue: queue.name)
                }
            }
            try await withRunning(publisher) { try await body(test) }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await test.session { session in
            for queue in topology.topology.queues { _ = try await session.deleteQueue(queue.name) }
            for exchange in topology.topology.exchanges { try await session.deleteExchange(exchange.name) }
        }
        try outcome.get()
    }

    static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw MissingServer(variable: name)
        }
        return value
    }

    /// A connection for one look at the broker.
    func session<Outcome: Sendable>(_ body: (AMQPSession) async throws -> Outcome) async throws -> Outcome {
        try await AMQPSession.withSession(configuration: configuration, logger: Self.quiet, body)
    }

    /// How many messages are ready in a queue.
    func ready(_ queue: String) async throws -> Int? {
        try await session { try await $0.messageCount(queue)?.messages }
    }

    func waitForReady(_ count: Int, in queue: String) async throws {
        try await session { session in
            try await eventually("\(count) messages in \(queue)") {
                try await session.messageCount(queue)?.messages == count
            }
        }
    }

    func deadLetters() async throws -> [DeadLetter] {
        try await session { try await DeadLetters(session: $0, topology: topology).list(limit: 100) }
    }

    /// Publishes what no part of a fleet would.
    func publish(_ message: AMQPMessage, to queue: String) async throws {
        try await session { try await $0.publish(message, exchange: "", routingKey: queue) }
    }

    static let quiet = Logger(label: "queues.tests") { _ in SwiftLogNoOpLogHandler() }
}

/// Runs a service around `body`, and stops it gracefully.
func withRunning<Outcome: Sendable>(
    _ service: any Service,
    _ body: @Sendable () async throws -> Outcome
) async throws -> Outcome {
    var configuration = ServiceGroupConfiguration(services: [service], logger: TestQueues.quiet)
    configuration.maximumGracefulShutdownDuration = .seconds(30)
    let group = ServiceGroup(configuration: configuration)
    let running = Task { try await group.run() }
    let outcome: Result<Outcome, any Error>
    do {
        outcome = .success(try await body())
    } catch {
        outcome = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await running.value
    return try outcome.get()
}
