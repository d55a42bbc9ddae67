// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import FleetRuntime

/// Whether the broker can be reached, and what its queues hold. Nothing is declared or taken.
struct BrokerChecks: Sendable {
    /// A queue as the broker shows it.
    struct Depth: Sendable, Equatable {
        let queue: String
        /// nil: there is no such queue.
        let messages: Int?
        let consumers: Int
    }

    let access: FleetAccess

    func run() async -> [Finding] {
        let address = (try? access.broker()).map { "\($0)" } ?? "broker.url"
        do {
            let topology = access.topology
            let (depths, events) = try await access.withSession { session in
                var depths: [Depth] = []
                for queue in topology.workQueues + [topology.dead] {
                    let counts = try await session.messageCount(queue)
                    depths.append(Depth(queue: queue, messages: counts?.messages, consumers: counts?.consumers ?? 0))
                }
                let isEnabled = access.configuration.events.isEnabled
                let exists = isEnabled ? try await session.exchangeExists(topology.events) : nil
                return (depths, exists.map { Self.events(topology.events, exists: $0) })
            }
            return [.ok("broker", address)] + depths.map { Self.finding($0, topology) } + [events].compactMap(\.self)
        } catch let error as AMQPError where error.code == .authentication {
            return [.failed("broker", "\(error)", advice: "correct user, password and virtual host in broker.url")]
        } catch let error as AMQPError where error.code == .tls {
            return [.failed("broker", "\(error)", advice: "broker.ca_file must name the authority of its certificate")]
        } catch {
            return [.failed("broker", "\(address): \(error)", advice: "start RabbitMQ, or correct broker.url")]
        }
    }

    /// What the state of one queue means.
    static func finding(_ depth: Depth, _ topology: FleetTopology) -> Finding {
        let subject = "queue \(depth.queue)"
        guard let messages = depth.messages else {
            return .warning(subject, "does not exist", advice: "the workers declare it when they start")
        }
        let found = "\(messages) waiting, \(depth.consumers) \(depth.consumers == 1 ? "worker" : "workers")"
        if depth.queue == topology.dead {
            let count = "\(messages) dead"
            return messages == 0 ? .ok(subject, count) : .warning(subject, count, advice: "look with `muster dead`")
        }
        if depth.consumers == 0 {
            return .warning(subject, found, advice: "start \(worker(of: depth.queue, topology))")
        }
        return .ok(subject, found)
    }

    /// What the state of the exchange of events means.
    static func events(_ exchange: String, exists: Bool) -> Finding {
        exists
            ? .ok("exchange \(exchange)", "events are published to it")
            : .warning(
                "exchange \(exchange)",
                "does not exist",
                advice: "a notifier declares it when it starts; its user needs the permission to configure and write it"
            )
    }

    private static func worker(of queue: String, _ topology: FleetTopology) -> String {
        switch queue {
        case topology.jobsets: "muster-ingest"
        case _ where topology.backends.map(topology.finished(in:)).contains(queue): "muster-watcher"
        case topology.notifications: "muster-notifier"
        default: "muster-submitter"
        }
    }
}
