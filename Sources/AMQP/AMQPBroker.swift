// SPDX-License-Identifier: Apache-2.0

/// What a broker says of itself when a client connects.
public struct AMQPBroker: Sendable, Hashable {
    /// Its name, such as `RabbitMQ`; empty if it does not say.
    public var product: String
    /// Its version, such as `3.10.8`; empty if it does not say.
    public var version: String
    /// The name of its cluster, if it has one.
    public var cluster: String?

    /// A broker as given.
    public init(product: String, version: String, cluster: String? = nil) {
        self.product = product
        self.version = version
        self.cluster = cluster
    }

    /// From the properties that a broker sends first.
    init(properties: AMQPTable) {
        func text(_ key: String) -> String? {
            guard case .string(let text)? = properties[key] else { return nil }
            return String(text.prefix(255))
        }
        product = text("product") ?? ""
        version = text("version") ?? ""
        cluster = text("cluster_name")
    }
}

/// What a user of the broker may be permitted to do, by the name of an exchange or a queue (RabbitMQ, "Access Control").
public enum AMQPOperation: String, Sendable, CaseIterable {
    /// To declare and delete.
    case configure
    /// To publish to an exchange, and to bind a queue.
    case write
    /// To take from a queue, and to bind to an exchange.
    case read
}
