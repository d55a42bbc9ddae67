// SPDX-License-Identifier: Apache-2.0

/// A message: bytes and what is said about them.
public struct AMQPMessage: Sendable, Hashable {
    /// The body, which the broker never looks into.
    public var body: [UInt8]
    /// What is said about it.
    public var properties: AMQPProperties

    /// A message of bytes.
    public init(body: [UInt8], properties: AMQPProperties = AMQPProperties()) {
        self.body = body
        self.properties = properties
    }

    /// A message of text, as UTF-8.
    public init(text: String, properties: AMQPProperties = AMQPProperties()) {
        self.init(body: Array(text.utf8), properties: properties)
    }
}

/// A message with its address.
public struct AMQPPublication: Sendable, Hashable {
    /// What to publish.
    public var message: AMQPMessage
    /// Where to; the empty name is the default exchange, which routes to the queue named by the routing key.
    public var exchange: String
    /// The routing key.
    public var routingKey: String
    /// Whether a message that no queue takes is an error.
    public var mandatory: Bool

    /// A message with its address.
    public init(message: AMQPMessage, exchange: String, routingKey: String, mandatory: Bool = true) {
        self.message = message
        self.exchange = exchange
        self.routingKey = routingKey
        self.mandatory = mandatory
    }
}

/// A message as the broker delivered it. It holds nothing of the connection: the consumer settles it by what the
/// handler returns.
public struct AMQPDelivery: Sendable {
    /// The message.
    public var message: AMQPMessage
    /// The exchange it was published to.
    public var exchange: String
    /// The routing key it was published with.
    public var routingKey: String
    /// Whether it may have been delivered before.
    public var redelivered: Bool
    /// The consumer it was delivered to; empty for one fetched by ``AMQPSession/get(queue:)``.
    public var consumerTag: String

    /// How often a quorum queue has delivered it before (header `x-delivery-count`); nil where none is given,
    /// as on a first delivery and on classic queues.
    public var deliveryCount: Int? { message.properties.headers?["x-delivery-count"]?.integer }

    /// A delivery, for tests of handlers.
    public init(
        message: AMQPMessage,
        exchange: String = "",
        routingKey: String = "",
        redelivered: Bool = false,
        consumerTag: String = ""
    ) {
        self.message = message
        self.exchange = exchange
        self.routingKey = routingKey
        self.redelivered = redelivered
        self.consumerTag = consumerTag
    }
}

/// What becomes of a delivery.
public enum AMQPSettlement: String, Sendable, Hashable {
    /// It is done with.
    case ack
    /// It goes back to its queue and counts towards `x-delivery-limit`.
    case requeue
    /// It is dead-lettered if the queue has a dead-letter exchange, else dropped.
    case reject
}
