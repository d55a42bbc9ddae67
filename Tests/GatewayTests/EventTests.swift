// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetStore
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@Suite("Events of a jobset over HTTP")
struct EventTests {
    /// One event of a stream.
    struct Event: Sendable, Equatable {
        var id = ""
        var name = ""
        var data = ""

        /// A member of its JSON.
        func number(_ key: String) throws -> Int? {
            (try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])?[key] as? Int
        }

        func text(_ key: String) throws -> String? {
            (try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])?[key] as? String
        }
    }

    @Test("A stream tells each job that ends, and ends with its jobset; asked again there is nothing")
    func stream() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: token)
            async let reading = Self.read(gateway, id, token: token, after: nil)
            try await gateway.end(id, positions: [1], .incomplete)
            try await gateway.end(id, positions: [0, 2])
            let events = try await reading
            let jobs = try events.filter { $0.name == "job" }.compactMap { try $0.number("position") }
            #expect(jobs.sorted() == [0, 1, 2])
            let last = try #require(events.last)
            #expect(last.name == "jobset")
            #expect(try last.text("verdict") == "incomplete")
            let again = try await gateway.ask(
                .GET,
                "/api/v1/jobsets/\(id)/events",
                token: token,
                headers: ["Last-Event-ID": last.id]
            )
            #expect(again.status == 204)
        }
    }

    @Test("Behind the last event that a client saw, nothing is missing")
    func resume() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 4), token: token)
            try await gateway.end(id, positions: [0, 1])
            let first = try await Self.read(gateway, id, token: token, after: nil) { $0.last?.name == "jobset" }
            try await gateway.end(id, positions: [2, 3])
            let rest = try await Self.read(gateway, id, token: token, after: try #require(first.last?.id))
            let told = try rest.filter { $0.name == "job" }.compactMap { try $0.number("position") }
            #expect(Set(told).isSuperset(of: [2, 3]))
            #expect(try rest.last?.text("state") == "finished")
            let nonsense = try await Self.read(gateway, id, token: token, after: "' or 1=1 --")
            #expect(
                try nonsense.filter { $0.name == "job" }.compactMap { try $0.number("position") }.sorted() == [
                    0, 1, 2, 3,
                ]
            )
        }
    }

    @Test("There are so many streams and not more, and one that is over makes room")
    func room() async throws {
        try await TestGateway.with(["maximum_streams": "1"]) { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let path = "/api/v1/jobsets/\(id)/events"
            let first = try await Self.open(gateway, path, token)
            #expect(first.status == .ok)
            #expect(try await Self.open(gateway, path, token).status == .serviceUnavailable)
            try await gateway.end(id)
            _ = try await first.body.collect(upTo: 1 << 20)
            try await eventually("room for another") { try await Self.open(gateway, path, token).status == .ok }
        }
    }

    @Test("One caller's streams are a share of all, and a stream ends with the token that it was asked for with")
    func shares() async throws {
        try await TestGateway.with(["maximum_streams": "3", "maximum_streams_per_caller": "2"]) { gateway in
            let (greedy, other) = (try await gateway.token(), try await gateway.token())
            let id = try await gateway.submit(TestGateway.document(), token: greedy)
            let path = "/api/v1/jobsets/\(id)/events"
            let open = [try await Self.open(gateway, path, greedy), try await Self.open(gateway, path, greedy)]
            #expect(open.map(\.status) == [.ok, .ok])
            #expect(try await Self.open(gateway, path, greedy).status == .serviceUnavailable)
            let theirs = try await Self.open(gateway, path, other)
            #expect(theirs.status == .ok)
            for name in try await gateway.store.tokens().map(\.name) { _ = try await gateway.store.revokeToken(name) }
            for response in open + [theirs] { _ = try await response.body.collect(upTo: 1 << 20) }
        }
    }

    private static func open(
        _ gateway: TestGateway,
        _ path: String,
        _ token: String
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.port)\(path)")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        return try await HTTPClient.shared.execute(request, timeout: .seconds(120))
    }

    /// Reads a stream to its end, or until it is enough.
    private static func read(
        _ gateway: TestGateway,
        _ id: String,
        token: String,
        after last: String?,
        until isEnough: ([Event]) -> Bool = { _ in false }
    ) async throws -> [Event] {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.port)/api/v1/jobsets/\(id)/events")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let last { request.headers.add(name: "Last-Event-ID", value: last) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
        var text = ""
        var events: [Event] = []
        for try await piece in response.body {
            text += String(buffer: piece)
            while let end = text.firstRange(of: "\n\n") {
                var event = Event()
                for line in text[..<end.lowerBound].split(separator: "\n") {
                    if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                }
                text.removeSubrange(..<end.upperBound)
                if !event.name.isEmpty { events.append(event) }
            }
            if isEnough(events) { break }
        }
        return events
    }
}
