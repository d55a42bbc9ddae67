// SPDX-License-Identifier: Apache-2.0

internal import Metrics

/// All that this library counts, by its label in swift-metrics.
package enum PostgresMetric: String, CaseIterable, Sendable {
    case poolConnections = "postgres_pool_connections"
    case poolWaiters = "postgres_pool_waiters"
    case poolWait = "postgres_pool_wait_seconds"
    case queryTime = "postgres_query_seconds"
    case transactionTime = "postgres_transaction_seconds"
    case connectionsOpened = "postgres_connections_opened_total"
    case connectionsLost = "postgres_connections_lost_total"
    case retries = "postgres_retries_total"
    case notificationsDropped = "postgres_notifications_dropped_total"

    /// The names of its labels, and what it says.
    package var description: (labels: [String], meaning: String) {
        switch self {
        case .poolConnections: (["state"], "connections of the pool: idle, used")
        case .poolWaiters: ([], "transactions that are waiting for a connection")
        case .poolWait: ([], "the time that a transaction waits for a connection")
        case .queryTime: ([], "the time that one statement takes")
        case .transactionTime: ([], "the time that one transaction takes")
        case .connectionsOpened: ([], "connections opened")
        case .connectionsLost: ([], "connections lost")
        case .retries: ([], "transactions that were repeated")
        case .notificationsDropped: ([], "notifications dropped because nobody read them in time")
        }
    }
}

/// All that this library counts. Timers are recorded in nanoseconds, as swift-metrics does; exporters show seconds.
struct PostgresMetrics: Sendable {
    private let idle = Gauge(label: PostgresMetric.poolConnections.rawValue, dimensions: [("state", "idle")])
    private let used = Gauge(label: PostgresMetric.poolConnections.rawValue, dimensions: [("state", "used")])
    private let waiting = Gauge(label: PostgresMetric.poolWaiters.rawValue)
    private let wait = Timer(label: PostgresMetric.poolWait.rawValue)
    private let query = Timer(label: PostgresMetric.queryTime.rawValue)
    private let transaction = Timer(label: PostgresMetric.transactionTime.rawValue)
    private let opened = Counter(label: PostgresMetric.connectionsOpened.rawValue)
    private let lost = Counter(label: PostgresMetric.connectionsLost.rawValue)
    private let retries = Counter(label: PostgresMetric.retries.rawValue)
    private let dropped = Counter(label: PostgresMetric.notificationsDropped.rawValue)

    func pool(idle: Int, used: Int, waiting: Int) {
        self.idle.record(idle)
        self.used.record(used)
        self.waiting.record(waiting)
    }

    func waited(for duration: Duration) { wait.recordNanoseconds(duration.wholeNanoseconds) }

    func queried(for duration: Duration) { query.recordNanoseconds(duration.wholeNanoseconds) }

    func transacted(for duration: Duration) { transaction.recordNanoseconds(duration.wholeNanoseconds) }

    func connectionOpened() { opened.increment() }

    func connectionLost() { lost.increment() }

    func retried() { retries.increment() }

    func notificationsDropped(_ count: Int) { dropped.increment(by: count) }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        let (nanoseconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : nanoseconds &+ components.attoseconds / 1_000_000_000
    }
}
