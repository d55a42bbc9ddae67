// SPDX-License-Identifier: Apache-2.0

import AMQP
import CommandLine
import FleetQueues

/// What a broker's version means, and whether its user is permitted what the workers do.
struct BrokerPermissionChecks {
    /// Who asks.
    let configuration: AMQPConfiguration
    let topology: FleetTopology
    let hasEvents: Bool

    /// The oldest version with what the queues need: at-least-once dead-lettering.
    private static let oldestVersion = [3, 10]

    /// What the broker at `address` is.
    static func version(_ broker: AMQPBroker, address: String) -> Finding {
        let product = broker.product.isEmpty ? "a broker that does not say what it is" : broker.product
        let found = "\(address), \(product) \(broker.version)"
        guard broker.product == "RabbitMQ" else {
            return .warning("broker", found, advice: "Muster needs RabbitMQ: its queues are quorum queues")
        }
        let parts = broker.version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        guard !parts.lexicographicallyPrecedes(oldestVersion) else {
            return .failed("broker", found, advice: "Muster needs RabbitMQ 3.10 or later")
        }
        return .ok("broker", found)
    }

    /// Tries what workers do, without doing it.
    func run(_ session: AMQPSession) async throws(AMQPError) -> Finding {
        var missing: [(operation: AMQPOperation, name: String)] = []
        for wish in topology.permissionsToTry(hasEvents: hasEvents) {
            guard try await !session.permits(wish.operation, on: wish.name) else { continue }
            missing.append(wish)
        }
        return finding(missing)
    }

    /// What it means that some things are not permitted.
    func finding(_ missing: [(operation: AMQPOperation, name: String)]) -> Finding {
        let subject = "permissions"
        let user = configuration.user
        guard !missing.isEmpty else { return .ok(subject, "\(user) is permitted all that the workers do") }
        let words = AMQPOperation.allCases.compactMap { operation in
            let names = missing.filter { $0.operation == operation }.map(\.name)
            return names.isEmpty ? nil : "can't \(operation.rawValue) \(names.joined(separator: ", "))"
        }
        let least = BrokerPermissions(prefix: topology.prefix)
        return .failed(
            subject,
            "\(user) \(words.joined(separator: "; "))",
            advice: "`\(least.command(user: user, virtualHost: configuration.virtualHost))` permits what is needed"
        )
    }
}
