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
