// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Records", .timeLimit(.minutes(10)))
struct RecordTests {
    enum Mood: String, Decodable, PostgresDecodable {
        case happy
        case sad
    }

    /// Decodable, and nothing that PostgreSQL knows of.
    enum Size: String, Decodable {
        case small
        case large
    }

    struct Counts: Decodable, Equatable {
        let pass: Int
        let fail: Int
    }

    struct Part: Decodable, Equatable {
        let subID: String
        let size: Double?
        let startedAt: Date?
    }

    struct Job: Decodable, Equatable {
        let id: Int
        let jobsetID: UUID
        let isSealed: Bool
        let mood: Mood
        let size: Size?
        let reason: String?
        let createdAt: Date
        let delay: Duration
        let names: [String]
        let labels: [String: String]
        let parts: [Part]
        let tests: Counts
        let earlierTests: Counts?
        let port: UInt16
    }

    private static let id = UUID()

    /// What a row is made of; each test spoils one piece.
    private static let pieces = [
        "id": "7::int4", "jobset_id": "$1::uuid", "is_sealed": "true", "mood": "'sad'", "size": "'large'",
        "reason": "null::text", "created_at": "timestamptz '2026-11-29 12:00:00.25+00'",
        "delay": "interval '1 day 2.5 s'",
        "names": "array['a', 'b,c']", "labels": "jsonb '{\"tree\": \"next\"}'",
        "parts": "jsonb '[{\"subID\": \"1.0\", \"size\": 1.5, \"startedAt\": 978307200.5}, {\"subID\": \"1.1\"}]'",
        "tests_pass": "3::int8", "tests_fail": "0::int2", "earlier_tests_pass": "null::int4",
        "earlier_tests_fail": "null::int4", "port": "65535", "something_else": "1",
    ]

    private static func select(_ changes: [String: String?] = [:], rows: Int = 1) -> PostgresStatement {
        var pieces = pieces
        for (name, piece) in changes { pieces[name] = piece }
        let columns = pieces.sorted { $0.key < $1.key }.map { "\($0.value) as \($0.key)" }.joined(separator: ", ")
        return PostgresStatement(
            sql: "select \(columns) from generate_series(1, \(rows)) as n where $1::uuid is not null order by n",
            parameters: [id]
        )
    }

    private static func expected(id number: Int = 7, earlier: Counts? = nil) -> Job {
        Job(
            id: number,
            jobsetID: id,
            isSealed: true,
            mood: .sad,
            size: .large,
            reason: nil,
            createdAt: Date(timeIntervalSince1970: 1_795_953_600.25),
            delay: .seconds(86_400) + .milliseconds(2_500),
            names: ["a", "b,c"],
            labels: ["tree": "next"],
            parts: [
                Part(subID: "1.0", size: 1.5, startedAt: Date(timeIntervalSince1970: 978_307_200.5)),
                Part(subID: "1.1", size: nil, startedAt: nil),
            ],
            tests: Counts(pass: 3, fail: 0),
            earlierTests: earlier,
            port: 65_535
        )
    }

    @Test("each property is read from the column of its name, whatever their order")
    func properties() async throws {
        try await TestDatabase.withClient { client in
            let row = try await client.query(Self.select()).one()
            #expect(try row.decode(Job.self) == Self.expected())
            let both = try await client.query(Self.select(["earlier_tests_pass": "1", "earlier_tests_fail": "2"])).one()
            #expect(try both.decode(Job.self) == Self.expected(earlier: Counts(pass: 1, fail: 2)))
        }
    }

    @Test("all rows of a result become records, each with its own values")
    func rows() async throws {
        try await TestDatabase.withClient { client in
            let changes = [
                "id": "n::int4", "size": "case when n % 2 = 0 then 'large' end", "reason": "nullif(n, 3)::text",
                "earlier_tests_pass": "nullif(n % 3, 0)", "earlier_tests_fail": "nullif(n % 3, 0)",
            ]
            let jobs = try await client.query(Self.select(changes, rows: 1_000)).decode(Job.self)
            #expect(jobs.map(\.id) == Array(1...1_000))
            #expect(jobs.map(\.size) == (1...1_000).map { $0 % 2 == 0 ? .large : nil })
            #expect(jobs.map(\.reason) == (1...1_000).map { $0 == 3 ? nil : "\($0)" })
            #expect(jobs.map(\.earlierTests?.pass) == (1...1_000).map { $0 % 3 == 0 ? nil : $0 % 3 })
            #expect(try await client.query(Self.select(rows: 0)).decode(Job.self).isEmpty)
            #expect(try await client.query("select n from generate_series(1, 3) as n").decode(Int.self) == [1, 2, 3])
        }
    }

    @Test(
        "what doesn't fit is an error that names the column",
        arguments: [
            ("id", "'seven'", "Int"), ("id", "null::int4", "Int"), ("mood", "'splendid'", "Mood"),
            ("size", "'splendid'", "Size"), ("names", "'a'", "[Swift.String]"),
            ("parts", "jsonb '[{\"size\": 1}]'", "Part"),
            ("labels", "jsonb '[]'", "Dictionary"), ("port", "65536", "UInt16"), ("port", "-1", "UInt16"),
            ("delay", "interval '1 month'", "Duration"), ("created_at", "timestamptz 'infinity'", "Date"),
            ("reason", "1", "String"), ("tests_fail", "null::int4", "Int"), ("earlier_tests_fail", "5", "Int"),
        ]
    )
    func mismatches(_ column: String, _ piece: String, _ type: String) async throws {
        try await TestDatabase.withClient { client in
            let rows = try await client.query(Self.select([column: piece], rows: 3))
            let error = try #require(throws: PostgresError.self) { try rows.decode(Job.self) }
            #expect(error.code == .decoding)
            #expect(column.hasPrefix("earlier") || error.column == column)
            #expect(error.message.contains(type) || column.hasPrefix("names"), "\(error)")
            #expect(!error.message.contains("splendid"))
        }
    }

    @Test(
        "a property without a column is an error, also one that may be NULL",
        arguments: [
            ("id", "id"), ("reason", "reason"), ("labels", "labels"), ("size", "size"), ("mood", "mood"),
        ]
    )
    func missing(_ column: String, _ property: String) async throws {
        try await TestDatabase.withClient { client in
            let rows = try await client.query(Self.select([column: nil]))
            let error = try #require(throws: PostgresError.self) { try rows.decode(Job.self) }
            #expect(error.code == .decoding)
            #expect(error.message.contains("\"\(property)\""), "\(error)")
        }
        try await TestDatabase.withClient { client in
            let rows = try await client.query(Self.select(["tests_pass": nil, "tests_fail": nil]))
            #expect(throws: PostgresError.self) { try rows.decode(Job.self) }
            let few = try await client.query(Self.select(["earlier_tests_pass": nil, "earlier_tests_fail": nil]))
            #expect(throws: PostgresError.self) { try few.decode(Job.self) }
        }
    }

    @Test("a property with two columns is an error")
    func ambiguous() async throws {
        try await TestDatabase.withClient { client in
            let rows = try await client.query(Self.select(["i_d": "8"]))
            let error = try #require(throws: PostgresError.self) { try rows.decode(Job.self) }
            #expect(error.message.contains("2 columns"))
        }
    }

    @Test("a duration is an interval, to its microsecond and to the last that an interval holds")
    func durations() async throws {
        let durations: [Duration] = [
            .zero, .microseconds(1), .microseconds(-1), .milliseconds(1_500), .milliseconds(-1_500), .seconds(59),
            .seconds(3_600), .seconds(-86_400), .seconds(3_155_760_000), .microseconds(Int64.max),
            .microseconds(-Int64.max), .seconds(86_400 * 400) + .microseconds(999_999),
        ]
        try await TestDatabase.withClient { client in
            for duration in durations {
                let row = try await client.query(
                    "select \(duration) as v, extract(epoch from \(duration))::text as seconds"
                ).one()
                #expect(try row.decode("v", as: Duration.self) == duration)
                #expect(
                    try Decimal(string: row.decode("seconds")) == Decimal(duration.components.seconds)
                        + Decimal(duration.components.attoseconds) / 1_000_000_000_000_000_000
                )
            }
            let days = try await client.query(
                """
                select interval '3 days' as a, interval '-1 day 1 hour' as b, interval '1 day' as c, interval '-1 s' as d,
                    timestamptz '2026-03-29 12:00+00' - timestamptz '2026-03-27 11:00+00' as e
                """
            ).one()
            #expect(try days.decode("a", as: Duration.self) == .seconds(3 * 86_400))
            #expect(try days.decode("b", as: Duration.self) == .seconds(-82_800))
            #expect(try days.decode("c", as: Duration.self) == .seconds(86_400))
            #expect(try days.decode("d", as: Duration.self) == .seconds(-1))
            #expect(try days.decode("e", as: Duration.self) == .seconds(49 * 3_600))
            let many = try await client.query("select \(durations), \(Duration?.none)").one()
            let (all, none) = try many.decode([Duration].self, Duration?.self)
            #expect(all == durations)
            #expect(none == nil)
            await #expect(throws: PostgresError.self) {
                try await client.query("select \(Duration.seconds(Int64.max))")
            }
            await #expect(throws: PostgresError.self) {
                try await client.query("select \(Duration.seconds(Int64.min))")
            }
        }
    }
}
