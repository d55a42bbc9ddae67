// SPDX-License-Identifier: Apache-2.0

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
