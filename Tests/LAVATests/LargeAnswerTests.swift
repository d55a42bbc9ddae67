// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing

@testable import LAVA

/// However much a lab sends, no more is taken than was asked for.
@Suite(.timeLimit(.minutes(10))) struct LargeAnswerTests {
    private static let row = #"{"name":"a","result":"pass","suite":1,"metadata":"definition: s\n"}"#

    @Test("A page of results without end is read as far as the rows that were asked for") func endlessRows()
        async throws
    {
        try await ScriptedLab.with({ path in
            .init(
                body: #"{"count":700000,"next":null,"results":["# + Self.row,
                piece: String(repeating: ",", count: 1) + Array(repeating: Self.row, count: 200).joined(separator: ","),
                pieces: .max
            )
        }) { lab in
            var pages = lab.client.results(job: 1, pageSize: 500, maximum: 2_000).makeAsyncIterator()
            var count = 0
            for _ in 0..<3 { count += try #require(try await pages.next()).count }
            #expect(count == 1_500 && pages.totalCount == 700_000)
            #expect(lab.requests.paths.last?.contains("offset=1000") == true)
        }
    }

    @Test("Of long names no more are held at once than fit, and all come in the end") func longNames() async throws {
        let name = String(repeating: "n", count: 10_000)
        try await ScriptedLab.with({ path in
            func number(_ key: String) -> Int {
                path.split(whereSeparator: { "?&".contains($0) }).first { $0.hasPrefix(key + "=") }
                    .flatMap { Int($0.dropFirst(key.count + 1)) } ?? 0
            }
            let rows = (number("offset")..<min(400, number("offset") + number("limit"))).map {
                #"{"name":"\#($0)\#(name)","result":"pass","suite":1,"metadata":"definition: s\n"}"#
            }
            let next = number("offset") + number("limit") < 400 ? "\"x\"" : "null"
            return .init(body: #"{"count":400,"next":\#(next),"results":[\#(rows.joined(separator: ","))]}"#)
        }) { lab in
            var names: [Substring] = []
            for try await page in lab.client.results(job: 1) {
                #expect(page.count < 120)
                names += page.map { $0.name.prefix { $0 != "n" } }
            }
            #expect(names.map(String.init) == (0..<400).map(String.init))
        }
    }

    @Test("A job with a huge definition is read, and its text cut") func hugeDefinition() async throws {
        let tag = UUID()
        let text = String(repeating: "x", count: 3 * 1024 * 1024)
        let row =
            #"{"id":7,"state":"Finished","health":"Complete","end_time":"2026-11-23T20:07:43.324503Z","#
            + ##""original_definition":"# muster: \##(tag.uuidString.lowercased())\n\##(text)","definition":"\##(text)"}"##
        try await ScriptedLab.with({ path in
            .init(body: path.contains("jobs/7/") ? row : #"{"count":1,"next":null,"results":[\#(row)]}"#)
        }) { lab in
            let job = try await lab.client.job(7)
            let jobs = try await lab.client.jobs(ids: [7]).jobs
            #expect(job.tag == tag && jobs == [job])
        }
    }

    @Test("An answer of one thing without end is not read to its end", arguments: [" ", "[", "\\\"", "a"])
    func endless(piece: String) async throws {
        try await ScriptedLab.with(
            { path in
                .init(
                    body: path.contains("jobs/1/") || path.contains("whoami")
                        ? "{\"user\":\"" : "{\"results\":[{\"a\":\"",
                    piece: String(repeating: piece, count: 60_000),
                    pieces: .max
                )
            },
            change: { $0.maximumResponseBytes = 4 * 1024 * 1024 }
        ) { lab in
            await #expect(throws: LAVAError.self) { try await lab.client.whoami() }
            await #expect(throws: LAVAError.self) { try await lab.client.job(1) }
            await #expect(throws: LAVAError.self) { try await lab.client.jobs(ids: [1]) }
        }
    }

    @Test("A page for people is read as far as its first words, in one pass") func html() {
        let open = String(repeating: "<nav ></nav >", count: 100_000)
        #expect(AnswerText.plain(html: "<title>Oh</title>" + open) == "Oh")
        #expect(AnswerText.plain(html: String(repeating: "<nav>", count: 100_000) + "x") == "")
        #expect(AnswerText.plain(html: String(repeating: "<script></script>", count: 10) + "x &amp; y") == "x & y")
    }
}
