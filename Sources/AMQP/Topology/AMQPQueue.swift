// SPDX-License-Identifier: Apache-2.0

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
