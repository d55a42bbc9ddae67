// SPDX-License-Identifier: Apache-2.0

/// How much a transaction sees of others (PostgreSQL manual, "Transaction Isolation").
public enum PostgresIsolation: Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted
    /// All statements see what was committed before the first; a conflicting write is a serialization failure.
    case repeatableRead
    /// As if transactions ran one after the other; what would break that is a serialization failure.
    case serializable

    var sql: String {
        switch self {
        case .readCommitted: "read committed"
        case .repeatableRead: "repeatable read"
        case .serializable: "serializable"
        }
    }
}
