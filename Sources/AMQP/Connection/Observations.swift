// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Metrics
internal import Synchronization

/// What is worth telling about connections, publishers and consumers: logged and counted here and nowhere else.
struct Observations: Sendable {
    enum Role: String { case publisher, consumer }

    private let logger: Logger
    private let role: Role
    private let reconnects: Counter
    private let connected: Gauge
    private let blocked: Gauge
    private let outage = Shared()

    init(role: Role, logger: Logger) {
        self.logger = logger
        self.role = role
        let dimensions = [("role", role.rawValue)]
        reconnects = Counter(label: AMQPMetric.reconnects.rawValue, dimensions: dimensions)
        connected = Gauge(label: AMQPMetric.connected.rawValue, dimensions: dimensions)
        blocked = Gauge(label: AMQPMetric.blocked.rawValue, dimensions: dimensions)
    }

    func connected(_ configuration: AMQPConfiguration) {
        connected.record(1)
        blocked.record(0)
        logger.info("AMQP connected", metadata: ["amqp.role": "\(role)", "amqp.broker": "\(configuration)"])
        guard case .over(let failures, let lasted) = outage.value.withLock({ $0.worked() }) else { return }
        logger.notice(
            "AMQP connection is back",
            metadata: ["amqp.role": "\(role)", "amqp.failures": "\(failures)", "amqp.lasted": "\(lasted)"]
        )
    }

    func disconnected() { connected.record(0) }

    func retrying(after error: AMQPError, delay: Duration) {
        connected.record(0)
        reconnects.increment()
        var metadata: Logger.Metadata = [
            "amqp.role": "\(role)", "amqp.error": "\(error)", "amqp.delay": "\(delay)",
        ]
        let word = outage.value.withLock { $0.failed() }
        if case .lasting(let failures, let lasted) = word {
            metadata["amqp.failures"] = "\(failures)"
            metadata["amqp.lasted"] = "\(lasted)"
        }
        logger.log(
            level: word == nil ? .debug : .warning,
            "AMQP connection lost or refused; connecting again",
            metadata: metadata
        )
    }

    func blocked(_ reason: String?) {
        blocked.record(reason == nil ? 0 : 1)
        let metadata: Logger.Metadata = ["amqp.role": "\(role)", "amqp.reason": "\(reason ?? "")"]
        if reason == nil {
            logger.info("AMQP broker takes messages again", metadata: metadata)
        } else {
            logger.warning("AMQP broker takes no messages", metadata: metadata)
        }
    }

    func channelClosed(_ error: AMQPError) {
        logger.warning("AMQP channel closed", metadata: ["amqp.role": "\(role)", "amqp.error": "\(error)"])
    }

    func consumerCancelled(queue: String) {
        logger.warning("AMQP consumer canceled by the broker", metadata: ["amqp.queue": "\(queue)"])
    }

    func draining(_ count: Int) {
        logger.debug("AMQP consumer drains", metadata: ["amqp.in_flight": "\(count)"])
    }

    func drainExpired(_ count: Int) {
        logger.warning(
            "AMQP consumer stops with deliveries unsettled; the broker will deliver them again",
            metadata: ["amqp.in_flight": "\(count)"]
        )
    }
}

/// One outage, whoever tells of it.
private final class Shared: Sendable {
    let value = Mutex(Outage())
}

/// What is said of something that fails again and again: when it begins, once a minute while it lasts, and when it is
/// over. Without this, a broker or a database that is away for a minute fills a log with thousands of equal lines.
package struct Outage: Sendable {
    /// What is to be said now.
    package enum Word: Sendable, Equatable {
        /// It has begun.
        case begun
        /// It goes on: so many failures since it began.
        case lasting(failures: Int, Duration)
        /// It is over. Of a single failure nothing is said: whoever is told of it sees that the next line is another's.
        case over(failures: Int, Duration)
    }

    /// How often it is said while it lasts.
    package static let reminder: Duration = .seconds(60)

    private var failures = 0
    private var begun: ContinuousClock.Instant?
    private var said: ContinuousClock.Instant?

    /// Nothing has failed.
    package init() {}

    /// Notes a failure.
    ///
    /// - Returns: what to say of it; `nil`: nothing.
    package mutating func failed(at now: ContinuousClock.Instant = .now) -> Word? {
        failures += 1
        guard let begun, let said else {
            (self.begun, self.said) = (now, now)
            return .begun
        }
        guard now - said >= Self.reminder else { return nil }
        self.said = now
        return .lasting(failures: failures, now - begun)
    }

    /// Notes a success.
    ///
    /// - Returns: what to say of it; `nil`: nothing.
    package mutating func worked(at now: ContinuousClock.Instant = .now) -> Word? {
        guard let begun else { return nil }
        defer { self = Outage() }
        return failures > 1 ? .over(failures: failures, now - begun) : nil
    }
}

/// All that this library counts, by its label in swift-metrics.
package enum AMQPMetric: String, CaseIterable, Sendable {
    case connected = "amqp_connected"
    case blocked = "amqp_blocked"
    case reconnects = "amqp_reconnects_total"
    case published = "amqp_published_total"
    case confirmTime = "amqp_confirm_seconds"
    case deliveries = "amqp_deliveries_total"

    /// The names of its labels, and what it says.
    package var description: (labels: [String], meaning: String) {
        switch self {
        case .connected: (["role"], "1 while the publisher, or a consumer, is connected to the broker")
        case .blocked: (["role"], "1 while the broker accepts no messages because of an alarm")
        case .reconnects: (["role"], "connections to the broker that were lost or refused")
        case .published: (["outcome"], "messages published: confirmed, or the code of the error")
        case .confirmTime: ([], "the time until the broker confirms a message")
        case .deliveries:
            (["queue", "settlement"], "messages received, by how they were settled; lost if their connection was gone")
        }
    }
}
