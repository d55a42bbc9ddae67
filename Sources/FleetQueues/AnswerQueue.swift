// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import Fleet
import Foundation

/// The queue that one publisher of a jobset has its answer sent to. It outlives neither its connection nor a minute of
/// neglect, so a publisher that dies leaves nothing behind.
package struct AnswerQueue: Sendable {
    /// Its name, for `reply-to`.
    package let name: String
    /// What the answer carries, for `correlation-id`.
    package let correlationID: String

    private let session: AMQPSession

    /// How long the broker keeps it while nobody asks for answers, in milliseconds.
    private static let expiryMilliseconds: Int64 = 60_000
    /// The most that is kept in it: anybody who knows its name can publish to it.
    private static let maximumLength: Int64 = 100

    /// A queue of its own in the fleet of `topology`, not declared yet.
    package init(topology: FleetTopology, session: AMQPSession) {
        let id = UUID().text
        name = topology.answers(id)
        correlationID = id
        self.session = session
    }

    /// A queue for answers.
    static func queue(_ name: String, maximumLength: Int64) -> AMQPQueue {
        AMQPQueue(
            name: name,
            durable: false,
            // RabbitMQ 4.3 refuses queues that are neither durable nor exclusive. Only its own connection takes from it.
            exclusive: true,
            arguments: ["x-expires": .int64(expiryMilliseconds), "x-max-length": .int64(maximumLength)]
        )
    }

    /// Declares it.
    package func declare() async throws(AMQPError) {
        try await session.declare(AMQPTopology(queues: [Self.queue(name, maximumLength: Self.maximumLength)]))
    }

    /// The answer that carries our correlation id; nil when none comes within `timeout`. Other messages are dropped.
    ///
    /// - Throws: `AMQPError` when the session is lost, ``UnreadableMessage`` when the answer can't be read.
    package func first(within timeout: Duration) async throws -> JobsetAnswer? {
        let deadline = ContinuousClock.now + timeout
        var pause = Duration.milliseconds(10)
        while true {
            if let got = try await session.get(queue: name) {
                try await got.ack()
                guard got.message.properties.correlationID == correlationID else { continue }
                return try JobsetAnswer(got.delivery)
            }
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return nil }
            try await Task.sleep(for: min(pause, left))
            pause = min(pause * 2, .milliseconds(250))
        }
    }

    /// Removes it.
    package func remove() async throws(AMQPError) {
        try await session.deleteQueue(name)
    }
}
