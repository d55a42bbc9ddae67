// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues

/// A fleet's exchanges and queues under a prefix of their own, on the broker that the environment names, and a
/// publisher to them. All of it is gone when the test ends.
struct TestQueues: Sendable {
    let topology: FleetTopology
    let configuration: AMQPConfiguration
    let publisher: FleetPublisher

    static func with(_ body: @Sendable (TestQueues) async throws -> Void) async throws {
        let name = TestServers.uniqueName("queues")
        var configuration = try AMQPConfiguration(url: TestServers.broker)
        configuration.firstReconnectDelay = .milliseconds(50)
        configuration.maximumReconnectDelay = .seconds(1)
        let topology = FleetTopology(prefix: name, backends: ["lab-a", "lab-b"])
        let publisher = FleetPublisher(configuration: configuration, topology: topology, logger: quietLogger)
        let test = TestQueues(topology: topology, configuration: configuration, publisher: publisher)
        try await withQueues(of: topology) {
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
            try await withServices([publisher]) { try await body(test) }
        }
    }

    /// A connection for one look at the broker.
    func session<Outcome: Sendable>(_ body: (AMQPSession) async throws -> Outcome) async throws -> Outcome {
        try await AMQPSession.withSession(configuration: configuration, logger: quietLogger, body)
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
}
