// SPDX-License-Identifier: Apache-2.0

internal import Metrics

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
