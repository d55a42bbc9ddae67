// SPDX-License-Identifier: Apache-2.0

package import AMQP

/// What the user of the workers must be permitted, as RabbitMQ's `set_permissions` takes it: regular expressions over the
/// names of exchanges and queues.
package struct BrokerPermissions: Sendable, Equatable {
    package let configure: String
    package let write: String
    package let read: String

    /// What a fleet with this prefix needs, and nothing else: everything under its own names, and to send answers and
    /// messages that were put off straight to a queue.
    package init(prefix: String) {
        // Of what a prefix may have in it, only a point means something in a regular expression.
        let own = prefix.replacing(".", with: "\\.")
        configure = "^\(own)(\\..*)?$"
        write = "^(\(own)(\\..*)?|amq\\.default)$"
        read = configure
    }

    /// The command that grants them.
    package func command(user: String, virtualHost: String) -> String {
        "rabbitmqctl set_permissions -p '\(virtualHost)' '\(user)' '\(configure)' '\(write)' '\(read)'"
    }
}

extension FleetTopology {
    /// What is tried in order to find out whether the permissions are enough: each kind of name once, since they are
    /// granted by pattern.
    package func permissionsToTry(hasEvents: Bool) -> [(operation: AMQPOperation, name: String)] {
        let lab = backends.prefix(1).flatMap { [jobs(of: $0), finished(in: $0)] }
        let delay = Self.delays.prefix(1).map(delay)
        let all = [exchange, dead, jobsets, notifications, answers("permission")] + lab + delay
        let own = all.flatMap { name in AMQPOperation.allCases.map { ($0, name) } }
        let ofEvents: [(AMQPOperation, String)] = hasEvents ? [(.configure, events), (.write, events)] : []
        return own + ofEvents + [(.write, "amq.default")]
    }
}
