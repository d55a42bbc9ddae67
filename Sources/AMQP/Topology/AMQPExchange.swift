// SPDX-License-Identifier: Apache-2.0

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
