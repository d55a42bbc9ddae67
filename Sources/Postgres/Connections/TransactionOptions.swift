// SPDX-License-Identifier: Apache-2.0

/// How a transaction begins.
struct TransactionOptions: Sendable {
    var isolation: PostgresIsolation
    var readOnly: Bool

    var begin: String {
        "begin isolation level \(isolation.sql)\(readOnly ? " read only" : " read write")"
    }
}
