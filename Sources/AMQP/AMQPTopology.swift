// SPDX-License-Identifier: Apache-2.0

/// What must exist before work begins. It is declared on every connection: exchanges, then queues, then bindings.
public struct AMQPTopology: Sendable, Hashable {
    /// Exchanges.
    public var exchanges: [AMQPExchange]
    /// Queues.
    public var queues: [AMQPQueue]
    /// Bindings.
    public var bindings: [AMQPBinding]

    /// What must exist; nothing by default.
    public init(exchanges: [AMQPExchange] = [], queues: [AMQPQueue] = [], bindings: [AMQPBinding] = []) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }

    /// Both together.
    public func merging(_ other: AMQPTopology) -> AMQPTopology {
        AMQPTopology(
            exchanges: exchanges + other.exchanges,
            queues: queues + other.queues,
            bindings: bindings + other.bindings
        )
    }

    /// The calls that declare it, in order.
    var declarations: [ClientMethod] {
        exchanges.map { .exchangeDeclare($0, passive: false) } + queues.map { .queueDeclare($0, passive: false) }
            + bindings.map { .bind($0) }
    }
}

/// An exchange to declare.
public struct AMQPExchange: Sendable, Hashable {
    /// How an exchange routes. Plugins add kinds, so it is open: `Kind(rawValue: "x-consistent-hash")`.
    public struct Kind: RawRepresentable, Sendable, Hashable {
        /// The name on the wire.
        public let rawValue: String
        /// A kind by its name on the wire.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// By equal routing key.
        public static let direct = Kind(rawValue: "direct")
        /// To every bound queue.
        public static let fanout = Kind(rawValue: "fanout")
        /// By pattern of the routing key.
        public static let topic = Kind(rawValue: "topic")
        /// By headers.
        public static let headers = Kind(rawValue: "headers")
    }

    /// Its name.
    public var name: String
    /// How it routes.
    public var kind: Kind
    /// Whether it outlives a restart of the broker.
    public var durable: Bool
    /// Whether it goes away with its last binding.
    public var autoDelete: Bool
    /// Whether only other exchanges may publish to it.
    public var isInternal: Bool
    /// Further arguments, such as `alternate-exchange`.
    public var arguments: AMQPTable

    /// A durable exchange unless told otherwise.
    public init(
        name: String,
        kind: Kind,
        durable: Bool = true,
        autoDelete: Bool = false,
        isInternal: Bool = false,
        arguments: AMQPTable = [:]
    ) {
        self.name = name
        self.kind = kind
        self.durable = durable
        self.autoDelete = autoDelete
        self.isInternal = isInternal
        self.arguments = arguments
    }
}

/// A queue to declare.
public struct AMQPQueue: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Whether it outlives a restart of the broker.
    public var durable: Bool
    /// Whether it belongs to the declaring connection and goes away with it.
    public var exclusive: Bool
    /// Whether it goes away with its last consumer.
    public var autoDelete: Bool
    /// Further arguments, such as `x-queue-type`.
    public var arguments: AMQPTable

    /// A durable queue unless told otherwise.
    public init(
        name: String,
        durable: Bool = true,
        exclusive: Bool = false,
        autoDelete: Bool = false,
        arguments: AMQPTable = [:]
    ) {
        self.name = name
        self.durable = durable
        self.exclusive = exclusive
        self.autoDelete = autoDelete
        self.arguments = arguments
    }
}

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
