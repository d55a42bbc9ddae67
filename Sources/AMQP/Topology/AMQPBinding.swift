// SPDX-License-Identifier: Apache-2.0

/// A binding to declare: what an exchange hands on to a queue or to another exchange.
public struct AMQPBinding: Sendable, Hashable {
    /// What takes the messages.
    public enum Destination: Sendable, Hashable {
        /// A queue.
        case queue(String)
        /// Another exchange (a RabbitMQ extension).
        case exchange(String)
    }

    /// The exchange that gives them.
    public var exchange: String
    /// What takes them.
    public var destination: Destination
    /// The routing key, or the pattern.
    public var routingKey: String
    /// Further arguments, for exchanges of kind `headers`.
    public var arguments: AMQPTable

    /// A binding of a queue to an exchange.
    public init(exchange: String, queue: String, routingKey: String, arguments: AMQPTable = [:]) {
        self.init(exchange: exchange, destination: .queue(queue), routingKey: routingKey, arguments: arguments)
    }

    /// A binding of a queue or of another exchange to an exchange.
    public init(exchange: String, destination: Destination, routingKey: String, arguments: AMQPTable = [:]) {
        self.exchange = exchange
        self.destination = destination
        self.routingKey = routingKey
        self.arguments = arguments
    }
}
