// SPDX-License-Identifier: Apache-2.0

internal import Metrics

/// All that this library counts. Timers are recorded in nanoseconds, as swift-metrics does; exporters show seconds.
struct PostgresMetrics: Sendable {
    private let idle = Gauge(label: "postgres_pool_connections", dimensions: [("state", "idle")])
    private let used = Gauge(label: "postgres_pool_connections", dimensions: [("state", "used")])
    private let waiting = Gauge(label: "postgres_pool_waiters")
    private let wait = Timer(label: "postgres_pool_wait_seconds")
    private let query = Timer(label: "postgres_query_seconds")
    private let transaction = Timer(label: "postgres_transaction_seconds")
    private let opened = Counter(label: "postgres_connections_opened_total")
    private let lost = Counter(label: "postgres_connections_lost_total")
    private let retries = Counter(label: "postgres_retries_total")
    private let dropped = Counter(label: "postgres_notifications_dropped_total")

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
