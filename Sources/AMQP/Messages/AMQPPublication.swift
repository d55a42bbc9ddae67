// SPDX-License-Identifier: Apache-2.0

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
