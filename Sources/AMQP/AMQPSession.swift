// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import Synchronization

/// A short-lived session for tools: it looks, declares, fetches, publishes, and does not connect again when the
/// connection is lost. A call the broker refuses closes a channel, never the session.
public struct AMQPSession: Sendable {
    let connection: Connection
    /// Unsettled fetches hang on their channel, so each kind of work has one of its own.
    private let calls = ChannelSlot(confirms: false)
    private let fetches = ChannelSlot(confirms: false)
    private let publishes = ChannelSlot(confirms: true)

    /// Connects, lends a session to `body`, and closes.
    ///
    /// - Throws: ``AMQPError`` if there is no connection, else what `body` throws.
    public static func withSession<Result: Sendable>(
        configuration: AMQPConfiguration,
        logger: Logger,
        _ body: (AMQPSession) async throws -> Result
    ) async throws -> Result {
        let connection = try await Connection.open(configuration, name: "amqp-session", logger: logger)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(AMQPSession(connection: connection)))
        } catch {
            outcome = .failure(error)
        }
        await connection.close()
        return try outcome.get()
    }

    /// Declares exchanges, queues and bindings.
    /// - Throws: ``AMQPError``; `channelClosed` with 406 if something exists with other arguments.
    public func declare(_ topology: AMQPTopology) async throws(AMQPError) {
        for declaration in topology.declarations { try await call(declaration) }
    }

    /// How often a queue that is said to hold nothing and to have no consumer is asked for again.
    private static let emptyCounts = 4

    /// Ready messages and consumers of a queue; nil if there is no such queue.
    ///
    /// A broker that is busy may say so little of a quorum queue that holds much: it answers 0 and 0 when the queue's
    /// leader does not tell within 250 ms (RabbitMQ, `rabbit_quorum_queue:stat/1`). So that answer is taken only when it
    /// comes several times.
    public func messageCount(_ queue: String) async throws(AMQPError) -> (messages: Int, consumers: Int)? {
        do throws(AMQPError) {
            for _ in 0..<Self.emptyCounts {
                let reply = try await call(.queueDeclare(AMQPQueue(name: queue), passive: true))
                guard case .method(.queueDeclareOk(_, let messages, let consumers)) = reply else { return nil }
                if messages > 0 || consumers > 0 { return (Int(messages), Int(consumers)) }
            }
            return (0, 0)
        } catch  where error.replyCode == 404 {
            return nil
        }
    }

    /// Whether an exchange exists.
    public func exchangeExists(_ exchange: String) async throws(AMQPError) -> Bool {
        do throws(AMQPError) {
            try await call(.exchangeDeclare(AMQPExchange(name: exchange, kind: .direct), passive: true))
            return true
        } catch  where error.replyCode == 404 {
            return false
        }
    }

    /// Fetches one message; nil if the queue is empty. What is not settled when the session ends goes back.
    /// - Throws: ``AMQPError``; `channelClosed` with 404 if there is no such queue.
    public func get(queue: String) async throws(AMQPError) -> AMQPGotMessage? {
        let channel = try await fetches.channel(on: connection)
        let reply = try await connection.call(channel: channel, .basicGet(queue: queue))
        guard case .message(let received, let remaining) = reply else { return nil }
        return AMQPGotMessage(
            delivery: received.delivery,
            remaining: Int(remaining),
            connection: connection,
            channel: channel,
            deliveryTag: received.address.deliveryTag
        )
    }

    /// Publishes a message and returns once it is confirmed, as ``AMQPPublisher`` does.
    public func publish(
        _ message: AMQPMessage,
        exchange: String,
        routingKey: String,
        mandatory: Bool = true
    ) async throws(AMQPError) {
        let configuration = connection.configuration
        guard message.body.count <= configuration.maximumBodySize else {
            throw AMQPError(.tooLarge, "The body takes more than \(configuration.maximumBodySize) bytes.")
        }
        let deadline = ContinuousClock.now + configuration.publishTimeout
        let channel = try await publishes.channel(on: connection)
        let publication = AMQPPublication(
            message: message,
            exchange: exchange,
            routingKey: routingKey,
            mandatory: mandatory
        )
        try await connection.publish(channel: channel, publication, until: deadline)
    }

    /// Drops all ready messages of a queue; answers how many.
    @discardableResult
    public func purge(queue: String) async throws(AMQPError) -> Int {
        guard case .method(.queuePurgeOk(let messages)) = try await call(.queuePurge(queue)) else { return 0 }
        return Int(messages)
    }

    /// Deletes a queue with all its messages; answers how many. One that does not exist is no error.
    @discardableResult
    public func deleteQueue(_ queue: String) async throws(AMQPError) -> Int {
        guard case .method(.queueDeleteOk(let messages)) = try await call(.queueDelete(queue)) else { return 0 }
        return Int(messages)
    }

    /// Deletes an exchange. One that does not exist is no error.
    public func deleteExchange(_ exchange: String) async throws(AMQPError) {
        try await call(.exchangeDelete(exchange))
    }

    /// What the broker says of itself.
    public var broker: AMQPBroker { get async { await connection.broker } }

    /// Whether our user is permitted to do this with whatever is called `name`, be it there or not. The default exchange is
    /// called `amq.default`.
    ///
    /// Nothing is declared, published or taken: the broker is asked for what it must refuse, since an argument makes no
    /// sense, but looks at the permission first. Each question closes a channel, and so leaves a line in the broker's log.
    ///
    /// - Throws: ``AMQPError`` if the broker can't be asked.
    public func permits(_ operation: AMQPOperation, on name: String) async throws(AMQPError) -> Bool {
        let channel = try await connection.openChannel()
        do throws(AMQPError) {
            try await request(operation, name, channel)
        } catch  where error.code == .channelClosed {
            return error.replyCode != 403
        }
        await connection.closeChannel(channel)
        return true
    }

    /// Asks for something that no broker does.
    private func request(_ operation: AMQPOperation, _ name: String, _ channel: UInt16) async throws(AMQPError) {
        switch operation {
        case .configure:
            let queue = AMQPQueue(name: name, arguments: ["x-max-length": "none"])
            try await connection.call(channel: channel, .queueDeclare(queue, passive: false))
        case .read:
            let consume = ClientMethod.basicConsume(queue: name, consumerTag: "", arguments: ["x-priority": "none"])
            try await connection.call(channel: channel, consume)
        case .write:
            try await connection.call(channel: channel, .confirmSelect)
            let publication = AMQPPublication(
                message: AMQPMessage(body: [], properties: AMQPProperties(expiration: "none")),
                exchange: name == "amq.default" ? "" : name,
                routingKey: "",
                mandatory: true
            )
            let deadline = ContinuousClock.now + connection.configuration.publishTimeout
            try await connection.publish(channel: channel, publication, until: deadline)
        }
    }

    @discardableResult
    private func call(_ method: ClientMethod) async throws(AMQPError) -> CallReply {
        let channel = try await calls.channel(on: connection)
        return try await connection.call(channel: channel, method)
    }
}

/// A message fetched by ``AMQPSession/get(queue:)``, to be settled within the session.
public struct AMQPGotMessage: Sendable {
    /// The message with its address.
    public let delivery: AMQPDelivery
    /// How many messages the queue still held.
    public let remaining: Int

    let connection: Connection
    let channel: UInt16
    let deliveryTag: UInt64

    /// The message itself.
    public var message: AMQPMessage { delivery.message }

    /// It is done with.
    public func ack() async throws(AMQPError) { try await settle(.ack) }

    /// It goes back to its queue.
    public func requeue() async throws(AMQPError) { try await settle(.requeue) }

    /// It is dead-lettered or dropped.
    public func reject() async throws(AMQPError) { try await settle(.reject) }

    private func settle(_ settlement: AMQPSettlement) async throws(AMQPError) {
        guard await connection.settle(channel: channel, deliveryTag: deliveryTag, settlement) else {
            throw AMQPError(.connectionLost, "The message went back to its queue when its channel was closed.")
        }
    }
}

/// A channel that is opened when it is needed, and again after the broker closed it.
final class ChannelSlot: Sendable {
    private let number = Mutex<UInt16?>(nil)
    private let confirms: Bool

    init(confirms: Bool) { self.confirms = confirms }

    /// An open channel. Two callers at once may open two; the later one stays.
    func channel(on connection: Connection) async throws(AMQPError) -> UInt16 {
        if let number = number.withLock({ $0 }), await connection.isOpen(channel: number) { return number }
        let opened = try await connection.openChannel()
        if confirms { try await connection.call(channel: opened, .confirmSelect) }
        number.withLock { $0 = opened }
        return opened
    }
}
