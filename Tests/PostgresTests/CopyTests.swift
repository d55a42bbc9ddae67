// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("COPY", .timeLimit(.minutes(10)))
struct CopyTests {
    @Test("100,000 rows go in and are what they were")
    func manyRows() async throws {
        try await TestDatabase.withClient { client in
            try await client.execute("create table big (id int primary key, name text, at timestamptz, tags text[])")
            let written = try await client.withTransaction { transaction in
                try transaction.copyIn(
                    "big",
                    columns: ["id", "name", "at", "tags"],
                    rows: (0..<100_000).lazy.map { id -> [any PostgresEncodable] in
                        [
                            id, id % 7 == 0 ? String?.none : "tab\t line\n \\. \\N ż \(id)",
                            Date(timeIntervalSinceReferenceDate: Double(id)), ["a,\"b\"\\", nil] as [String?],
                        ]
                    }
                )
            }
            #expect(written == 100_000)
            let row = try await client.query(
                """
                select count(*), count(name), bool_and(name is null or name = \("tab\t line\n \\. \\N ż ") || id::text),
                    max(cardinality(tags)) from big
                """
            ).one()
            let (rows, names, right, width) = try row.decode(Int.self, Int.self, Bool.self, Int.self)
            #expect(rows == 100_000 && names == 85_714 && right && width == 2)
        }
    }

    @Test("a row that cannot be encoded undoes the whole, and the connection goes on")
    func badRow() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            try await client.execute("create table t (name text)")
            let rows: [[any PostgresEncodable]] = [["fine"], ["not\0fine"]]
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { try $0.copyIn("t", columns: ["name"], rows: rows) }
            }
            #expect(error.code == .encoding)
            let narrow: [[any PostgresEncodable]] = [["one", "two"]]
            await #expect(throws: PostgresError.self) {
                try await client.withTransaction { try $0.copyIn("t", columns: ["name"], rows: narrow) }
            }
            #expect(try await client.query("select count(*) from t").one().decode(Int.self) == 0)
        }
    }

    @Test("a row that the server refuses is its error, with its constraint")
    func refusedRow() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            try await client.execute("create table t (id int constraint t_key primary key)")
            let rows: [[any PostgresEncodable]] = [[1], [1]]
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { try $0.copyIn("t", columns: ["id"], rows: rows) }
            }
            #expect(error.constraint == "t_key")
            await #expect(throws: PostgresError.self) {
                try await client.withTransaction { try $0.copyIn("nowhere", columns: ["id"], rows: rows) }
            }
            #expect(try await client.query("select 1").one().decode(Int.self) == 1)
        }
    }
}
