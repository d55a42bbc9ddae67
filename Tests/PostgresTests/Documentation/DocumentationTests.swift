// SPDX-License-Identifier: Apache-2.0

import Postgres
import TestSupport
import Testing

@Suite("The code of the library's page")
struct DocumentationTests {
    @Test("It is the code of this folder")
    func page() throws {
        let code = try ["Transfer", "Payment", "Listening"].map { name in
            try DocumentedCode.code(of: "Tests/PostgresTests/Documentation/\(name).swift")
        }
        #expect(try DocumentedCode.blocks(of: "Sources/Postgres/Postgres.docc/Postgres.md") == code)
    }

    @Test("Money moves, and what a check refuses does not")
    func payments() async throws {
        try await TestDatabase.withClient { client in
            let accounts = try await bank(client.configuration)
            #expect(accounts == [Account(owner: "alice", balance: 70), Account(owner: "bob", balance: 130)])
            #expect(try await pay(200, from: "bob", to: "alice", by: client) == .refused)
            #expect(try await pay(130, from: "bob", to: "alice", by: client) == .made)
            let left = try await client.query("select balance from account order by owner").decode(Int.self)
            #expect(left == [200, 0])
        }
    }

    @Test("What is notified of is heard")
    func listening() async throws {
        try await TestDatabase.withClient { client in
            _ = try await bank(client.configuration)
            async let waiting: Void = waitForAccounts(3, by: client)
            try await client.withTransaction { sql in
                try sql.execute("insert into account values ('carol', 0)")
                try sql.execute("notify account_opened")
            }
            try await waiting
        }
    }
}
