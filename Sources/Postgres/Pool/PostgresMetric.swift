// SPDX-License-Identifier: Apache-2.0

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
