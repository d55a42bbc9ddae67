// SPDX-License-Identifier: Apache-2.0

package import AMQP
import Fleet
import FleetRuntime
package import Logging
import ServiceLifecycle
import Synchronization

/// The loop around every worker of the fleet: it takes messages from one queue, hands them to a handler, and alone
/// acks them, puts them off, or puts them aside.
///
/// What follows from a message is published and confirmed before the message is acked, so a crash anywhere leads to
/// the message coming again.
package struct QueueWorker: Service {
    /// What a worker may do at once, and for how long.
    package struct Limits: Sendable {
        /// How many messages the broker hands out ahead.
        package var prefetch: Int
        /// How many of them are handled at once.
        package var concurrency: Int
        /// How often a message may be put off before it is put aside.
        package var maximumTries: Int
        /// How often it may be put off for an error that is lasting (``LastingError``).
        package var maximumLastingTries: Int
        /// How long a message is kept in hand while the broker takes none, so that it can be neither put off nor put
        /// aside. It is below the 30 minutes after which a broker takes a message back, and so long because each return
        /// counts towards the broker's own limit.
        package var maximumHold: Duration

        package init(
            prefetch: Int,
            concurrency: Int,
            maximumTries: Int = 2_000,
            maximumLastingTries: Int = 5,
            maximumHold: Duration = .seconds(1_200)
        ) {
            self.prefetch = prefetch
            self.concurrency = concurrency
            self.maximumTries = maximumTries
            self.maximumLastingTries = maximumLastingTries
            self.maximumHold = maximumHold
        }
    }

    /// The queue it takes messages from.
    package let queue: String
    private let consumer: AMQPConsumer
    private let turnLimit: Duration

    /// Whether the broker hands messages out to it at present.
    package var isConsuming: Bool { consumer.isConnected }

    /// A worker on `queue`; `handler` may throw for anything that may pass, such as a database that is away.
    package init(
        queue: String,
        limits: Limits,
        configuration: AMQPConfiguration,
        publisher: FleetPublisher,
        logger: Logger,
        handler: @escaping @Sendable (AMQPDelivery) async throws -> Disposition
    ) {
        self.queue = queue
        self.turnLimit = configuration.turnLimit
        FleetMetric.messages.startAtZero([.queue: [queue]])
        let settler = Settler(queue: queue, limits: limits, publisher: publisher, logger: logger)
        self.consumer = AMQPConsumer(
            configuration: configuration,
            topology: publisher.topology.topology,
            queue: queue,
            prefetch: UInt16(clamping: max(1, limits.prefetch)),
            concurrency: max(1, limits.concurrency),
            logger: logger
        ) { delivery in
            await settler.settle(delivery, handler)
        }
    }

    /// A worker on a queue of messages of one type; a message of another is put aside. The handler is also told how
    /// often the message has been put off.
    package init<Message: FleetMessage>(
        _ type: Message.Type,
        queue: String,
        limits: Limits,
        configuration: AMQPConfiguration,
        publisher: FleetPublisher,
        logger: Logger,
        handler: @escaping @Sendable (_ message: Message, _ tries: Int) async throws -> Disposition
    ) {
        self.init(
            queue: queue,
            limits: limits,
            configuration: configuration,
            publisher: publisher,
            logger: logger
        ) { delivery in
            do {
                return try await handler(try Message.decoded(delivery), publisher.tries(delivery))
            } catch let unreadable as UnreadableMessage {
                return .dead(reason: unreadable.reason)
            }
        }
    }

    /// Takes messages until shutdown; then finishes the ones in hand.
    package func run() async throws { try await consumer.runWatched("the consumer of \(queue)", limit: turnLimit) }

    /// Waits until the broker has taken the subscription, at most `timeout`.
    package func waitUntilConsuming(timeout: Duration) async throws {
        try await consumer.waitUntilConsuming(timeout: timeout)
    }
}

/// Turns what a handler says into what the broker is told.
private struct Settler: Sendable {
    let queue: String
    let limits: QueueWorker.Limits
    let publisher: FleetPublisher
    let logger: Logger
    private let outage = HandlingOutage()

    init(queue: String, limits: QueueWorker.Limits, publisher: FleetPublisher, logger: Logger) {
        (self.queue, self.limits, self.publisher, self.logger) = (queue, limits, publisher, logger)
    }

    func settle(
        _ delivery: AMQPDelivery,
        _ handler: @escaping @Sendable (AMQPDelivery) async throws -> Disposition
    ) async -> AMQPSettlement {
        if Mutant.isActive(.ackBeforeCommit) {
            Task {
                try? await Task.sleep(for: .milliseconds(200))
                _ = await self.disposition(of: delivery, handler)
            }
            return .ack
        }
        let disposition = await self.disposition(of: delivery, handler)
        do {
            switch disposition {
            case .done:
                break
            case .retry(let pause, let reason):
                try await insist { try await publisher.delay(delivery, of: queue, by: pause, reason: reason) }
            case .dead(let reason):
                logger.error("message moved to the dead letters", [.queue: "\(queue)", .reason: "\(reason)"])
                try await insist { try await publisher.bury(delivery, of: queue, reason: reason) }
            }
            count(disposition)
            return .ack
        } catch {
            // The broker still has the message and will hand it out again.
            logger.warning("message not settled", [.queue: "\(queue)", .error: "\(error)"])
            return .requeue
        }
    }

    /// Tries again what the broker does not take, with the message in hand: one that is short of memory or disk takes
    /// nothing for as long as that lasts, and counts each message that is returned to it meanwhile. With a connection
    /// that is lost the message is in nobody's hand any more.
    private func insist(_ publish: () async throws -> Void) async throws {
        let deadline = ContinuousClock.now + limits.maximumHold
        var pause = Duration.milliseconds(500)
        var isSaid = false
        while true {
            do {
                return try await publish()
            } catch let error as AMQPError
                where (error.code == .timeout || error.code == .nacked) && ContinuousClock.now < deadline
            {
                if !isSaid {
                    logger.warning("message kept in hand", [.queue: "\(queue)", .error: "\(error)"])
                }
                isSaid = true
            }
            try await Task.sleep(for: pause * Double.random(in: 0.8...1.2))
            pause = min(pause * 2, .seconds(15))
        }
    }

    private func disposition(
        of delivery: AMQPDelivery,
        _ handler: @Sendable (AMQPDelivery) async throws -> Disposition
    ) async -> Disposition {
        let tries = publisher.tries(delivery)
        do {
            let disposition = try await handler(delivery)
            outage.worked(queue, logger)
            guard case .retry(_, let reason) = disposition, tries >= limits.maximumTries else { return disposition }
            return .dead(reason: "given up after \(tries) tries: \(reason)")
        } catch {
            // Who is told to stop has not failed.
            if !Task.isCancelled { outage.failed(queue, tries: tries, error, logger) }
            let isLasting = (error as? any LastingError)?.isLasting == true
            let most = isLasting ? min(limits.maximumLastingTries, limits.maximumTries) : limits.maximumTries
            if tries >= most { return .dead(reason: "given up after \(tries) tries: \(error)") }
            return .retry(after: FleetTopology.pause(afterTries: tries), reason: "\(error)")
        }
    }

    private func count(_ disposition: Disposition) {
        let outcome =
            switch disposition {
            case .done: "done"
            case .retry: "retry"
            case .dead: "dead"
            }
        FleetMetric.messages.increment([.queue: queue, .outcome: outcome])
    }
}

/// Messages that can't be handled, one after another: a database that is away puts all of them off.
private final class HandlingOutage: Sendable {
    private let outage = Mutex(Outage())

    func failed(_ queue: String, tries: Int, _ error: any Error, _ logger: Logger) {
        let word = outage.withLock { $0.failed() }
        var facts: LogFacts = [
            .queue: "\(queue)", .tries: "\(tries)", .error: "\(error)",
        ]
        if case .lasting(let failures, let lasted) = word {
            facts[.count] = "\(failures)"
            facts[.lasted] = "\(lasted)"
        }
        logger.log(level: word == nil ? .debug : .warning, "message put off", facts)
    }

    func worked(_ queue: String, _ logger: Logger) {
        guard case .over(let failures, let lasted) = outage.withLock({ $0.worked() }) else { return }
        logger.notice(
            "messages are handled again",
            [.queue: "\(queue)", .count: "\(failures)", .lasted: "\(lasted)"]
        )
    }
}

/// What a handler says of the message it was given; only the loop that gave it settles it.
package enum Disposition: Sendable, Equatable {
    /// All that followed from it is done.
    case done
    /// It is to come again, after about so long.
    case retry(after: Duration, reason: String)
    /// Nobody can do anything with it; a person may look at it in the dead-letter queue.
    case dead(reason: String)
}
