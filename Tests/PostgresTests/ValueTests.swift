// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Values", .timeLimit(.minutes(10)))
struct ValueTests {
    enum Mood: String, PostgresEncodable, PostgresDecodable, CaseIterable {
        case happy
        case sad
    }

    struct Document: Codable, Sendable, Equatable {
        var name: String
        var tags: [String?]
        var size: Double
    }

    private static let texts = [
        "", " ", "NULL", "null", "\\N", "\\", "\\\\", "\"", "'", "{}", "{a,b}", ",", "a\tb\nc\rd", "żółć", "日本語",
        "👩‍👩‍👧‍👦", "$1", "e\u{301}", "\u{1}\u{7f}", String(repeating: "x", count: 100_000),
    ]

    /// Sends a value as a parameter and reads back what the server makes of it.
    private func roundTrip<V: PostgresEncodable & PostgresDecodable & Equatable>(
        _ client: PostgresClient,
        _ values: [V],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        for value in values {
            let row = try await client.query("select \(value) as v").one()
            #expect(try row.decode("v", as: V.self) == value, sourceLocation: location)
            #expect(try row.decode(V.self) == value, sourceLocation: location)
        }
        let some: [V?] = values.map { $0 } + [nil]
        let row = try await client.query("select \(values), \(some), \(V?.none), \([V]()), \([V]?.none)").one()
        let (all, withNull, null, empty, noArray) = try row.decode([V].self, [V?].self, V?.self, [V].self, [V]?.self)
        #expect(all == values, sourceLocation: location)
        #expect(withNull == some, sourceLocation: location)
        #expect(null == nil, sourceLocation: location)
        #expect(empty.isEmpty, sourceLocation: location)
        #expect(noArray == nil, sourceLocation: location)
        let unnested = try await client.query("select v from unnest(\(some)) with ordinality as t(v, n) order by n")
        #expect(try unnested.map { try $0.decode(V?.self) } == some, sourceLocation: location)
    }

    @Test("numbers and truth values come back as they went")
    func numbers() async throws {
        try await TestDatabase.withClient { client in
            try await roundTrip(client, [true, false])
            try await roundTrip(client, [Int16.min, -1, 0, 1, .max])
            try await roundTrip(client, [Int32.min, -1, 0, 1, .max])
            try await roundTrip(client, [Int64.min, -1, 0, 1, .max])
            try await roundTrip(client, [Int.min, -1, 0, 1, .max])
            try await roundTrip(
                client,
                [
                    0, -0.1, 1.0 / 3, .pi, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, .infinity,
                    -.infinity, 1e21,
                ]
            )
            try await roundTrip(client, [0, 0.1, 1.0 / 3, Float.greatestFiniteMagnitude, -.infinity])
            let nan = try await client.query("select \(Double.nan)").one().decode(Double.self)
            #expect(nan.isNaN)
        }
    }

    @Test("texts come back as they went, with quotes, backslashes, unicode and nothing in them")
    func texts() async throws {
        try await TestDatabase.withClient { client in
            try await roundTrip(client, Self.texts)
            try await roundTrip(client, Mood.allCases)
        }
    }

    @Test("bytes, UUIDs and JSON come back as they went")
    func others() async throws {
        try await TestDatabase.withClient { client in
            try await roundTrip(client, [[], [0], Array(0...255), [UInt8](repeating: 92, count: 70_000)] as [[UInt8]])
            try await roundTrip(client, [UUID(), UUID()])
            try await roundTrip(
                client,
                [
                    PostgresJSON(Document(name: "a \"b\" \\ c", tags: ["x", nil, "{}"], size: 1.5)),
                    PostgresJSON(Document(name: "", tags: [], size: 0)),
                ]
            )
            let text = try await client.query("select \(PostgresJSONText("{\"a\": [1, null]}"))").one()
            #expect(try text.decode(PostgresJSONText.self).text == "{\"a\": [1, null]}")
            #expect(try text.decode(String.self) == "{\"a\": [1, null]}")
        }
    }

    @Test("times are exact to the microsecond and agree with the server's calendar")
    func times() async throws {
        try await TestDatabase.withClient { client in
            let seconds: [Double] = [
                0, -1, 1, 86_399, 5_097_600, 63_158_400, 820_454_400.123456, -978_307_200, -978_307_200.000001,
                800_000_000.999999, 4_000_000_000.000001, -3_000_000_000.5, -62_000_000_000, -64_000_000_000,
                252_423_993_600,
            ]
            try await roundTrip(client, seconds.map { Date(timeIntervalSinceReferenceDate: $0) })
            for second in seconds {
                let date = Date(timeIntervalSinceReferenceDate: second)
                let micros = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
                let row = try await client.query(
                    "select abs((extract(epoch from \(date)) * 1000000)::int8 - \(micros))"
                ).one()
                // The reference here goes through seconds since 1970 and may itself be off by the precision of a Double.
                #expect(try row.decode(Int64.self) <= (abs(second) > 4e9 ? 64 : 1))
            }
            let days = try await client.query(
                "select d from generate_series('1890-01-01'::timestamptz, '2110-01-01', '5 days 01:00:01.000007') as d"
            )
            let again = try await client.query(
                "select d from unnest(\(try days.map { try $0.decode(Date.self) })) as t(d)"
            )
            for (one, other) in zip(days, again) { #expect(try one.decode(Date.self) == other.decode(Date.self)) }
            #expect(days.count > 15_000)
        }
    }

    @Test("numeric, enums and names are read as text")
    func textual() async throws {
        try await TestDatabase.withClient { client in
            try await client.execute("create type mood as enum ('happy', 'sad')")
            let row = try await client.query(
                "select \("12345678901234567890.000100")::numeric, \(Mood.sad)::mood, array['sad', null]::mood[]"
            ).one()
            let (number, mood, moods) = try row.decode(String.self, Mood.self, [Mood?].self)
            #expect(number == "12345678901234567890.000100")
            #expect(mood == .sad)
            #expect(moods == [.sad, nil])
        }
    }

    @Test("an array that does not begin at 1 is read, one of two dimensions is an error")
    func arrayShapes() async throws {
        try await TestDatabase.withClient { client in
            let row = try await client.query("select '[0:1]={7,8}'::int[] as a, '{{1,2},{3,4}}'::int[] as b").one()
            #expect(try row.decode("a", as: [Int].self) == [7, 8])
            #expect(throws: PostgresError.self) { try row.decode("b", as: [Int].self) }
        }
    }

    @Test("a value of another type, out of range or NULL is an error that names the column and both types")
    func mismatches() async throws {
        try await TestDatabase.withClient { client in
            let row = try await client.query(
                "select 70000::int4 as big, 'x' as word, null::int4 as nothing, 'infinity'::timestamptz as never"
            ).one()
            let range = try #require(throws: PostgresError.self) { try row.decode("big", as: Int16.self) }
            #expect(range.code == .decoding)
            #expect(range.column == "big")
            #expect(range.message.contains("Int16") && range.message.contains("int4"))
            let type = try #require(throws: PostgresError.self) { try row.decode("word", as: UUID.self) }
            #expect(type.message.contains("UUID") && type.message.contains("text"))
            let null = try #require(throws: PostgresError.self) { try row.decode("nothing", as: Int.self) }
            #expect(null.message.contains("NULL"))
            #expect(throws: PostgresError.self) { try row.decode("never", as: Date.self) }
            #expect(throws: PostgresError.self) { try row.decode("absent", as: Int.self) }
            #expect(throws: PostgresError.self) { try row.decode(Int.self, String.self) }
        }
    }

    @Test("a NUL in a text is an error, not a shorter text")
    func nul() async throws {
        let text = "before\0after"
        try await TestDatabase.withClient { client in
            let error = try await #require(throws: PostgresError.self) { try await client.query("select \(text)") }
            #expect(error.code == .encoding)
            await #expect(throws: PostgresError.self) { try await client.query("select \([text])") }
            await #expect(throws: PostgresError.self) {
                try await client.query(PostgresStatement(sql: "select '\(text)'", parameters: []))
            }
        }
    }
}
