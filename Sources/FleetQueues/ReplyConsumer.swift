// SPDX-License-Identifier: Apache-2.0

package import AMQP
import Deadlines
package import Fleet
import Foundation
package import Logging
import ServiceLifecycle
import Synchronization

/// Where ingest's answers to many documents come in: one queue for a process that goes on publishing, where
/// ``AnswerQueue`` is for one that publishes once.
///
/// The queue outlives neither the broker nor a minute without its consumer; it is declared again with each connection.
package final class ReplyConsumer: Service, Sendable {
    /// The queue's name, for `reply-to`.
    package let name: String

    private let consumer: AMQPConsumer
    private let turnLimit: Duration
    private let waiting: Waiting

    /// The most answers that wait to be taken; anybody who knows the queue's name can publish to it.
    private static let maximumLength: Int64 = 10_000
    private static let prefetch: UInt16 = 100

    /// A consumer with a queue of its own in the fleet of `topology`; answers come in once it runs.
    package init(configuration: AMQPConfiguration, topology: FleetTopology, logger: Logger) {
        let name = topology.answers(UUID().text)
        let queue = AnswerQueue.queue(name, maximumLength: Self.maximumLength)
        let waiting = Waiting()
        self.name = name
        self.waiting = waiting
        self.turnLimit = configuration.turnLimit
        self.consumer = AMQPConsumer(
            configuration: configuration,
            topology: AMQPTopology(queues: [queue]),
            queue: name,
            prefetch: Self.prefetch,
            logger: logger
        ) { delivery in
            waiting.take(delivery)
            return .ack
        }
    }

    /// Whether answers can come in at present.
    package var isConnected: Bool { consumer.isConnected }

    /// Takes answers until shutdown.
    package func run() async throws { try await consumer.runWatched("the consumer of answers", limit: turnLimit) }

    /// Publishes a document and waits for its answer.
    ///
    /// - Parameters:
    ///   - timeout: How long to wait once it is published.
    ///   - publish: Publishes the document, with this queue as `reply-to` and the given `correlation-id`.
    /// - Returns: the answer; `nil` when none came in time.
    /// - Throws: what `publish` throws; ``UnreadableMessage`` for an answer that can't be read.
    package func answer(
        within timeout: Duration,
        to publish: (_ correlationID: String) async throws -> Void
    ) async throws -> JobsetAnswer? {
        let id = UUID().text
        let answers = waiting.open(id)
        defer { waiting.close(id) }
        try await publish(id)
        let answer = try await withDeadline(timeout) { () -> Result<JobsetAnswer, UnreadableMessage>? in
            for await answer in answers { return answer }
            return nil
        }
        return try answer??.get()
    }
}

/// Who waits for which answer.
private final class Waiting: Sendable {
    typealias Answer = Result<JobsetAnswer, UnreadableMessage>
    private let continuations = Mutex<[String: AsyncStream<Answer>.Continuation]>([:])

    func open(_ id: String) -> AsyncStream<Answer> {
        let (stream, continuation) = AsyncStream.makeStream(of: Answer.self, bufferingPolicy: .bufferingOldest(1))
        continuations.withLock { $0[id] = continuation }
        return stream
    }

    func close(_ id: String) {
        continuations.withLock { $0.removeValue(forKey: id) }?.finish()
    }

    /// An answer that nobody waits for any more is dropped.
    func take(_ delivery: AMQPDelivery) {
        guard let id = delivery.message.properties.correlationID,
            let continuation = continuations.withLock({ $0[id] })
        else { return }
        do {
            continuation.yield(.success(try JobsetAnswer(delivery)))
        } catch {
            continuation.yield(.failure(error))
        }
    }
}
