// SPDX-License-Identifier: Apache-2.0

package import AMQP

/// Every exchange and queue of a fleet: the one place that names them.
///
/// All queues are durable quorum queues. What a queue can't keep is dead-lettered at least once, which RabbitMQ grants
/// only together with `reject-publish` (RabbitMQ, "Quorum Queues", dead-lettering).
package struct FleetTopology: Sendable {
    /// What all names begin with; `muster` unless several fleets share a broker.
    package let prefix: String
    /// The labs that have a queue of their own.
    package let backends: [String]

    /// How often a broker hands out a message whose worker dies on it, before it is put aside.
    static let deliveryLimit: Int64 = 20
    /// The most messages a queue takes; beyond it publishing is refused and tried again.
    static let maximumLength: Int64 = 2_000_000
    /// The pauses that a message can be put off for.
    static let delays: [Duration] = [.seconds(1), .seconds(5), .seconds(30)]

    /// How long a message is put off that has been put off so often before: longer each time, to the longest pause.
    static func pause(afterTries tries: Int) -> Duration { delays[min(max(0, tries), delays.count - 1)] }

    /// The names of a fleet with `prefix` and `backends`.
    package init(prefix: String = "muster", backends: some Collection<String>) {
        self.prefix = prefix
        self.backends = backends.sorted()
    }

    /// Where everybody publishes to.
    package var exchange: String { prefix }
    /// The routing key of a jobset document.
    package var jobsetKey: String { "jobset" }
    /// The routing key of a document that adds jobs to a jobset.
    package var additionKey: String { "jobset.append" }
    /// The documents that ingest has not read yet, of both kinds.
    package var jobsets: String { "\(prefix).jobsets" }
    /// The jobs that wait for a submitter of `backend`.
    package func jobs(of backend: String) -> String { "\(prefix).jobs.\(backend)" }
    /// The lab jobs whose results wait to be fetched from `backend`: a queue a lab, so that one which hangs holds up
    /// nobody else's results.
    package func finished(in backend: String) -> String { "\(prefix).finished.\(backend)" }
    /// The jobsets whose counter has reached zero.
    package var notifications: String { "\(prefix).notifications" }
    /// What could not be handled, for a person to look at.
    package var dead: String { "\(prefix).dead" }

    /// Where events are published for others, who bind queues of their own to it.
    package var events: String { "\(prefix).events" }

    /// What is declared by whoever publishes events. Nothing else needs it.
    package var eventTopology: AMQPTopology {
        AMQPTopology(exchanges: [AMQPExchange(name: events, kind: .topic)])
    }

    /// A queue for one publisher's answers.
    func answers(_ id: String) -> String { "\(prefix).answers.\(id)" }

    /// Whether a publisher may have its answer sent to `queue`. All that begins with the fleet's prefix is its own, but
    /// for queues of answers: what is published to those that hold work would be taken for work.
    package func canTakeAnswers(_ queue: String) -> Bool {
        !queue.hasPrefix("\(prefix).") || queue.hasPrefix(answers(""))
    }

    func jobKey(_ backend: String) -> String { "job.\(backend)" }
    func finishedKey(_ backend: String) -> String { "finished.\(backend)" }
    var notificationKey: String { "notification" }
    /// The names of the queues in which messages wait to come again.
    var delayQueues: Set<String> { Set(Self.delays.map(delay)) }
    func delay(_ pause: Duration) -> String { "\(prefix).delay.\(pause.components.seconds)s" }

    /// Every queue that holds work, by name.
    package var workQueues: [String] {
        [jobsets] + backends.map(jobs(of:)) + backends.map(finished(in:)) + [notifications]
    }

    /// All of it, to be declared by whoever connects.
    package var topology: AMQPTopology {
        let bindings: [(String, String)] =
            [(jobsets, jobsetKey), (jobsets, additionKey), (notifications, notificationKey)]
            + backends.map { (jobs(of: $0), jobKey($0)) }
            + backends.map { (finished(in: $0), finishedKey($0)) }
        return AMQPTopology(
            exchanges: [
                AMQPExchange(name: exchange, kind: .direct),
                AMQPExchange(name: dead, kind: .fanout),
            ] + Self.delays.map { AMQPExchange(name: delay($0), kind: .fanout) },
            queues: workQueues.map(workQueue) + [deadQueue] + Self.delays.map(delayQueue),
            bindings: bindings.map { AMQPBinding(exchange: exchange, queue: $0.0, routingKey: $0.1) }
                + [AMQPBinding(exchange: dead, queue: dead, routingKey: "")]
                + Self.delays.map { AMQPBinding(exchange: delay($0), queue: delay($0), routingKey: "") }
        )
    }

    private func workQueue(_ name: String) -> AMQPQueue {
        AMQPQueue(
            name: name,
            arguments: [
                "x-queue-type": "quorum",
                "x-delivery-limit": .int64(Self.deliveryLimit),
                "x-max-length": .int64(Self.maximumLength),
                "x-overflow": "reject-publish",
                "x-dead-letter-exchange": .string(dead),
                "x-dead-letter-strategy": "at-least-once",
            ]
        )
    }

    private var deadQueue: AMQPQueue {
        AMQPQueue(
            name: dead,
            arguments: [
                "x-queue-type": "quorum",
                "x-max-length": .int64(Self.maximumLength),
                "x-overflow": "reject-publish",
            ]
        )
    }

    /// A message waits here and then goes, by the default exchange, to the queue that its routing key names: a message's
    /// time runs out only at the head of a queue, so there is one queue a pause.
    private func delayQueue(_ pause: Duration) -> AMQPQueue {
        AMQPQueue(
            name: delay(pause),
            arguments: [
                "x-queue-type": "quorum",
                "x-message-ttl": .int64(pause.components.seconds * 1000),
                "x-max-length": .int64(Self.maximumLength),
                "x-overflow": "reject-publish",
                "x-dead-letter-exchange": "",
                "x-dead-letter-strategy": "at-least-once",
            ]
        )
    }
}
