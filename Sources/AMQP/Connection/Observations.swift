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
