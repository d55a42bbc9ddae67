// SPDX-License-Identifier: Apache-2.0

import Logging
import Postgres

struct Account: Decodable, Equatable, Sendable {
    let owner: String
    let balance: Int
}

/// Moves money from one account to another, and returns all accounts.
func transfer(
    _ amount: Int,
    from payer: String,
    to payee: String,
    by client: PostgresClient
) async throws -> [Account] {
    try await client.withTransaction { sql in
        try sql.execute("update account set balance = balance - \(amount) where owner = \(payer)")
        try sql.execute("update account set balance = balance + \(amount) where owner = \(payee)")
        return try sql.query("select owner, balance from account order by owner").decode(Account.self)
    }
}

/// Opens two accounts and moves some money.
func bank(_ configuration: PostgresConfiguration) async throws -> [Account] {
    let logger = Logger(label: "bank")
    return try await PostgresClient.withClient(configuration: configuration, logger: logger) { client in
        try await client.execute(
            "create table account (owner text primary key, balance int not null check (balance >= 0))"
        )
        for owner in ["alice", "bob"] { try await client.execute("insert into account values (\(owner), 100)") }
        return try await transfer(30, from: "alice", to: "bob", by: client)
    }
}
