// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// A queue as the broker shows it.
package struct QueueDepth: Sendable, Equatable {
    package let name: String
    /// `nil`: there is no such queue.
    package let messages: Int?
    /// Who takes from it.
    package let consumers: Int

    /// A queue as given.
    package init(name: String, messages: Int?, consumers: Int) {
        self.name = name
        self.messages = messages
        self.consumers = consumers
    }
}

/// What the broker said.
package struct BrokerView: Sendable {
    /// The queues that hold work.
    package var queues: [QueueDepth]
    /// The first of the dead letters.
    package var dead: [DeadLetter]
    /// How many there are altogether.
    package var deadCount: Int
    /// Why it said nothing.
    package var error: String?

    /// What it said, or why nothing.
    package init(queues: [QueueDepth] = [], dead: [DeadLetter] = [], deadCount: Int = 0, error: String? = nil) {
        self.queues = queues
        self.dead = dead
        self.deadCount = deadCount
        self.error = error
    }
}

/// What keeps the fleet going.
package struct OperationsView: PageContent {
    package static let template = "operations"
    package var title: String { "Operations" }
    /// The third.
    package var place: PagePlace? { .operations }
    /// Not too often, for the broker is asked each time.
    package var refresh: Int? { 20 }

    /// Of how many hours the jobs that ended are shown.
    package static let hours = HourChart.hours

    /// How many dead letters are shown.
    package static let limit = 50

    struct QueueRow: Sendable {
        let name: String
        let messages: String
        let consumers: Int
        let badge: Badge
    }

    struct WorkerRow: Sendable {
        let name: String
        let address: String?
        let connections: Int
        let at: Moment
    }

    struct AgeRow: Sendable {
        let what: String
        let backend: String
        let number: String
        let at: Moment
    }

    struct DeadRow: Sendable {
        let key: String
        let queue: String
        let type: String
        let reason: String
        let excerpt: String
        let at: Moment?
    }

    let csrf: String
    let mayOperate: Bool
    let brokerError: String?
    let queues: [QueueRow]
    let hasQueues: Bool
    let workers: [WorkerRow]
    let hasWorkers: Bool
    let watched: String
    let ended: HourChart
    let backlog: BacklogChart
    let ages: [AgeRow]
    let hasAges: Bool
    let deadCount: String
    let dead: [DeadRow]
    let hasDead: Bool
    let mismatches: [TroubleRow]
    let hasMismatches: Bool
    let troubles: [TroubleRow]
    let hasTroubles: Bool

    /// All that is known.
    package init(
        broker: BrokerView,
        workers: [SeenWorker],
        leases: [WatcherLease],
        ages: [FleetAge],
        ended: [HourlyEnds],
        backends: [BackendStatus],
        mismatches: [CounterMismatch],
        deliveries: [DeliveryTrouble],
        reader: PageReader,
        now: Date
    ) {
        (csrf, mayOperate) = (reader.csrf, reader.mayOperate)
        brokerError = broker.error.map { PageText.line($0, limit: 300) }
        queues = broker.queues.map(Self.row)
        hasQueues = !queues.isEmpty
        self.workers = workers.map { worker in
            WorkerRow(
                name: PageText.line(worker.name, limit: 60),
                address: worker.address,
                connections: worker.connections,
                at: Moment(worker.since, now: now)
            )
        }
        hasWorkers = !workers.isEmpty
        watched =
            leases.isEmpty
            ? "No backends are watched."
            : "Watched: " + PageText.line(leases.map(\.backend).joined(separator: ", "))
        self.ended = HourChart(ended, now: now)
        backlog = BacklogChart(backends)
        self.ages = ages.map { age in
            AgeRow(
                what: age.kind.rawValue,
                backend: PageText.line(age.backend ?? "–"),
                number: PageText.number(age.count),
                at: Moment(age.since, now: now)
            )
        }
        hasAges = !ages.isEmpty
        deadCount = broker.deadCount > broker.dead.count ? "the first \(broker.dead.count) of \(broker.deadCount)" : ""
        dead = broker.dead.map { Self.row($0, now: now) }
        hasDead = !dead.isEmpty
        self.mismatches = mismatches.map { mismatch in
            TroubleRow(
                Badge(.bad, "differs"),
                mismatch.jobsetID.text,
                href: "/jobsets/\(mismatch.jobsetID.text)",
                "the counter says \(mismatch.pending), its jobs say \(mismatch.unfinished)",
                at: nil
            )
        }
        hasMismatches = !mismatches.isEmpty
        troubles = deliveries.map { Trouble.of($0, now: now) }
        hasTroubles = !troubles.isEmpty
    }

    private static func row(_ queue: QueueDepth) -> QueueRow {
        let badge =
            switch queue.messages {
            case nil: Badge(.warn, "missing")
            case _ where queue.consumers == 0: Badge(.bad, "no worker")
            default: Badge(.good, "ok")
            }
        return QueueRow(
            name: PageText.line(queue.name),
            messages: queue.messages.map(PageText.number) ?? "–",
            consumers: queue.consumers,
            badge: badge
        )
    }

    private static func row(_ letter: DeadLetter, now: Date) -> DeadRow {
        DeadRow(
            key: letter.key,
            queue: PageText.line(letter.queue ?? "unknown"),
            type: PageText.line(letter.type ?? "no type", limit: 60),
            reason: PageText.line(letter.reason, limit: 300),
            excerpt: PageText.line(letter.excerpt, limit: 80),
            at: Moment(letter.since, now: now)
        )
    }
}
