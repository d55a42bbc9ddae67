// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues

extension FleetAccess {
    /// Lends a session with the broker.
    ///
    /// - Throws: `AMQPError` when there is none to be had.
    func withSession<Result: Sendable>(_ body: (AMQPSession) async throws -> Result) async throws -> Result {
        try await AMQPSession.withSession(configuration: try broker(), logger: logger, body)
    }

    /// Lends a publisher, which has declared the fleet's exchanges and queues before it publishes.
    ///
    /// - Parameter publishTimeout: How long a message may take at most, where that is less than what is configured.
    func withPublisher<Result: Sendable>(
        publishTimeout: Duration? = nil,
        _ body: (FleetPublisher) async throws -> Result
    ) async throws -> Result {
        var configuration = try broker()
        if let publishTimeout { configuration.publishTimeout = min(configuration.publishTimeout, publishTimeout) }
        let publisher = FleetPublisher(configuration: configuration, topology: topology, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            do {
                let result = try await body(publisher)
                group.cancelAll()
                return result
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }
}
