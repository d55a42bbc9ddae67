// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LAVA

@Suite(.timeLimit(.minutes(10))) struct RowScannerTests {
    /// Feeds a text in pieces of the sizes that a generator gives.
    private func scan(
        _ text: String,
        _ shape: RowScanner.Shape = .list,
        _ limits: RowScanner.Limits = .init(rows: 1_000),
        using random: inout SplitMix64
    ) throws -> (rows: [String?], scanner: RowScanner) {
        var scanner = RowScanner(shape, limits)
        var rows: [String?] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, !scanner.isDone {
            let piece = Array(rest.prefix(Int.random(in: 1...12, using: &random)))
            rest = rest.dropFirst(piece.count)
            try piece.withUnsafeBytes { bytes in
                try scanner.read(bytes) { rows.append($0.map { String(decoding: $0, as: UTF8.self) }) }
            }
        }
        try scanner.finish()
        return (rows, scanner)
    }

    @Test("Rows come as they were written, in whatever pieces", arguments: 0..<40) func pieces(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let rows = (0..<Int.random(in: 0...8, using: &random)).map { _ in JSONMaker.value(depth: 3, using: &random) }
        let text =
            #" {"previous": {"results": [1]}, "count" : 7 , "next":"x\"]}", "results": ["#
            + rows.joined(separator: " , ")
            + #"], "more": [[{"count": 8}]]} "#
        let (found, scanner) = try scan(text, using: &random)
        #expect(scanner.rowCount == rows.count && scanner.hasNext && !scanner.isCut)
        #expect(LAVAClient.count(scanner.count) == 7)
        for (row, kept) in zip(rows, found) {
            let bytes = try #require(kept)
            let isSame = try JSONMaker.same(row, bytes)
            #expect(isSame, "\(row) became \(bytes)")
        }
        let (whole, _) = try scan(#"{"a": \#(JSONMaker.value(depth: 3, using: &random))}"#, .row, using: &random)
        #expect(whole.count == 1)
    }

    @Test("No more rows are taken than were asked for, nor more bytes than fit") func limits() throws {
        var random = SplitMix64(seed: 1)
        let text =
            #"{"count":5,"next":null,"results":["# + (1...5).map { #"{"id":\#($0)}"# }.joined(separator: ",") + "]}"
        let few = try scan(text, .list, .init(rows: 3), using: &random)
        #expect(
            few.rows == [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#] && few.scanner.isCut && few.scanner.rowCount == 3
        )
        let exact = try scan(text, .list, .init(rows: 5), using: &random)
        #expect(exact.rows.count == 5 && !exact.scanner.isCut && !exact.scanner.hasNext)
        let small = try scan(text, .list, .init(rows: 5, pageBytes: 9), using: &random)
        #expect(small.rows.count == 2 && small.scanner.isCut)
        let skipped = try scan(
            #"{"results":[{"id":1},{"id":2,"a":[1,2,3,4,5,6,7,8,9]},{"id":3}]}"#,
            .list,
            .init(rows: 5, rowBytes: 16),
            using: &random
        )
        #expect(skipped.rows == [#"{"id":1}"#, nil, #"{"id":3}"#] && skipped.scanner.rowCount == 3)
    }

    @Test("A text is cut within no character and no escape", arguments: 0..<60) func cut(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text =
            (0..<60).map { _ in
                ["a", "é", "漢", "😀", "\\n", "\\u00e9", "\\\\", "\\\"", "b"].randomElement(using: &random)!
            }
            .joined() + String(repeating: "z", count: 30)
        // Keys are texts too, and those here have one byte.
        let limit = Int.random(in: 1...90, using: &random)
        let (rows, _) = try scan(
            #"{"results":[{"a":"\#(text)","b":1}]}"#,
            .list,
            .init(rows: 5, textBytes: limit),
            using: &random
        )
        struct Row: Decodable { var a: String; var b: Int }
        let row = try JSONDecoder().decode(Row.self, from: Data(try #require(rows.first ?? nil).utf8))
        let whole = try JSONDecoder().decode(String.self, from: Data("\"\(text)\"".utf8))
        #expect(whole.hasPrefix(row.a) && row.b == 1 && row.a.utf8.count <= limit + 64)
    }

    @Test(
        "What is no page is told",
        arguments: [
            "", " ", "[]", "7", "\"a\"", "{", "{]", "<html>", #"{"results":[{}"#, #"{"count":1}"#, "}",
            #"{"results":{}}"#,
        ]
    )
    func wrong(text: String) {
        var random = SplitMix64(seed: 3)
        #expect(throws: RowScanner.Failure.self) { try scan(text, using: &random) }
    }

    @Test("Nesting without end is given up") func deep() {
        var random = SplitMix64(seed: 4)
        for text in [
            #"{"results":["# + String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
        ] {
            #expect(throws: RowScanner.Failure.notJSON) { try scan(text, using: &random) }
        }
    }

    @Test("Bytes that mean nothing end in nothing worse than an error", arguments: 0..<200) func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array(#"{}[]",:\ 1e-truenulresultscountnext"#)
        var text = String((0..<300).map { _ in alphabet.randomElement(using: &random)! })
        if Bool.random(using: &random) { text = #"{"results":["# + text }
        _ = try? scan(text, Bool.random(using: &random) ? .list : .row, using: &random)
    }

    @Test("However a lab counts, it is a number that fits", arguments: ExtremeNumbers.all) func count(text: String) {
        if let count = LAVAClient.count(Array(text.utf8)) { #expect((0...Int(Int32.max)).contains(count)) }
    }
}

/// Values of JSON by chance.
enum JSONMaker {
    static func value(depth: Int, using random: inout SplitMix64) -> String {
        switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
        case 0: return ["null", "true", "false"].randomElement(using: &random)!
        case 1: return "\(Int.random(in: -1_000...1_000, using: &random))"
        case 2: return "\(Double.random(in: -10...10, using: &random))"
        case 3, 4: return text(using: &random)
        case 5:
            let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth - 1, using: &random) }
            return "[" + items.joined(separator: ",") + "]"
        default:
            let entries = (0..<Int.random(in: 0...3, using: &random)).map {
                "\"k\($0)\": \(value(depth: depth - 1, using: &random))"
            }
            return "{" + entries.joined(separator: ", ") + "}"
        }
    }

    static func text(using random: inout SplitMix64) -> String {
        let parts = ["a", "]", "}", ",", ":", "{", "[", "\\\"", "\\\\", "\\u0041", "é", "😀", "results", " "]
        return "\""
            + (0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
            + "\""
    }

    static func same(_ one: String, _ other: String) throws -> Bool {
        func sorted(_ text: String) throws -> Data {
            let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            return try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
        }
        return try sorted(one) == sorted(other)
    }
}

/// Numbers at the edges of their types and beyond, as JSON and as what is no number.
enum ExtremeNumbers {
    static let all = [
        "0", "-0", "1", "-1", "1.5", "-2.25", "1e2", "1E-2", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "1000000000000000000000000000000", "1e30", "-1e30", "1e400",
        "-1e400", "1e-400", "0.000000000000000000000000000001", "\"1\"", "\"\"", "null", "true", "[]", "{}", "[1]",
        String(repeating: "9", count: 5_000), "\"" + String(repeating: "9", count: 5_000) + "\"", "NaN", "Infinity",
        "01", "+1", "1.",
    ]
}
