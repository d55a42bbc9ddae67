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
    @Test("A stream tells each job that ends, and ends with its jobset; asked again there is nothing")
    func stream() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: token)
            async let reading = gateway.events("/api/v1/jobsets/\(id)/events", token: token)
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
            let first = try await gateway.events("/api/v1/jobsets/\(id)/events", token: token) {
                $0.last?.name == "jobset"
            }
            try await gateway.end(id, positions: [2, 3])
            let rest = try await gateway.events(
                "/api/v1/jobsets/\(id)/events",
                token: token,
                after: try #require(first.last?.id)
            )
            let told = try rest.filter { $0.name == "job" }.compactMap { try $0.number("position") }
            #expect(Set(told).isSuperset(of: [2, 3]))
            #expect(try rest.last?.text("state") == "finished")
            let nonsense = try await gateway.events("/api/v1/jobsets/\(id)/events", token: token, after: "' or 1=1 --")
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
}
