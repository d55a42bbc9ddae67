// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetStore
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@Suite("Events of a project over HTTP", .timeLimit(.minutes(5)))
struct ProjectEventTests {
    private struct Event {
        var id = ""
        var jobset: [String: Any] = [:]

        var state: String { "\(jobset["build"] ?? "") \(jobset["verdict"] ?? jobset["state"] ?? "")" }
    }

    @Test("A stream tells of each jobset of the project, from its beginning to its end, and of no other")
    func stream() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["g/*"])
            let before = try await gateway.submit(TestGateway.document("/g/p/old"), token: token)
            try await gateway.end(before)
            let running = try await gateway.submit(TestGateway.document("/g/p/1", jobs: 2), token: token)
            var (later, step) = ("", 0)
            let events = try await Self.read(gateway, token: token) { events in
                let states = events.map(\.state)
                switch step {
                case 0 where states.contains("/g/p/1 running"):
                    try await gateway.end(try await gateway.submit(TestGateway.document("/g/q/1"), token: token))
                    later = try await gateway.submit(TestGateway.document("/g/p/2"), token: token)
                case 1 where states.contains("/g/p/2 running"): try await gateway.end(running, positions: [0])
                case 2 where events.contains { $0.jobset["pending"] as? Int == 1 && $0.jobset["total"] as? Int == 2 }:
                    try await gateway.end(running, positions: [1], .incomplete)
                    try await gateway.end(later)
                case 3 where Set(states).isSuperset(of: ["/g/p/1 incomplete", "/g/p/2 passed"]): return true
                default: return false
                }
                step += 1
                return false
            }
            #expect(!events.contains { $0.state.contains("/g/q") || $0.state.contains("old") })
            // Behind the last event that a client saw: what ended since then, and what runs.
            let third = try await gateway.submit(TestGateway.document("/g/p/3"), token: token)
            try await gateway.end(third)
            _ = try await gateway.submit(TestGateway.document("/g/p/4"), token: token)
            let rest = try await Self.read(gateway, token: token, after: events.last?.id, seconds: 0)
            #expect(Set(rest.map(\.state)).isSuperset(of: ["/g/p/3 passed", "/g/p/4 running"]))
            let nonsense = try await Self.read(gateway, token: token, after: "' or 1=1 --", seconds: 0)
            #expect(nonsense.map(\.state) == ["/g/p/4 running"])
        }
    }

    @Test("Whoever may not read the project has no stream, and a bad length is refused")
    func access() async throws {
        try await TestGateway.with { gateway in
            let path = "/api/v1/projects/g/p/events"
            _ = try await gateway.submit(TestGateway.document(), token: try await gateway.token())
            #expect(try await gateway.ask(.GET, path).status == 401)
            #expect(try await gateway.ask(.GET, path, token: try await gateway.token(["g/other"])).status == 404)
            let token = try await gateway.token(can: [.read])
            for query in ["seconds=-1", "seconds=3601", "seconds=x", "second=1"] {
                #expect(try await gateway.ask(.GET, "\(path)?\(query)", token: token).status == 400)
            }
            #expect(try await gateway.ask(.GET, "\(path)?seconds=0", token: token).status == 200)
        }
    }

    @Test("It takes one of the places that streams have, and ends with its token")
    func room() async throws {
        try await TestGateway.with(["maximum_streams": "1"]) { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submit(TestGateway.document(), token: token)
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.port)/api/v1/projects/g/p/events")
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            let first = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            #expect(first.status == .ok)
            #expect(try await HTTPClient.shared.execute(request, timeout: .seconds(120)).status == .serviceUnavailable)
            for name in try await gateway.store.tokens().map(\.name) { _ = try await gateway.store.revokeToken(name) }
            _ = try await first.body.collect(upTo: 1 << 20)
        }
    }

    @Test("The example of the documentation prints what happens")
    func example() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["lkft/linux-next"])
            let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/api.md")
            let text = try String(contentsOf: page, encoding: .utf8)
            let section = try #require(text.components(separatedBy: "### Events of a project").last)
            let code = section.components(separatedBy: "```python\n")[1].components(separatedBy: "```")[0]
            let script = FileManager.default.temporaryDirectory.appending(path: "events-\(UUID().uuidString).py")
            defer { try? FileManager.default.removeItem(at: script) }
            try code.replacing("seconds=600", with: "seconds=0").write(to: script, atomically: true, encoding: .utf8)
            _ = try await gateway.submit(TestGateway.document("/lkft/linux-next/1", jobs: 3), token: token)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["python3", script.path]
            process.environment = ProcessInfo.processInfo.environment.merging([
                "MUSTER_URL": "http://127.0.0.1:\(gateway.port)", "MUSTER_TOKEN": token,
            ]) { $1 }
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
            let said = try output.fileHandleForReading.readToEnd() ?? Data()
            #expect(String(decoding: said, as: UTF8.self) == "/lkft/linux-next/1 running 3\n")
        }
    }

    /// Reads a stream to its end, or until it is enough.
    private static func read(
        _ gateway: TestGateway,
        token: String,
        after last: String? = nil,
        seconds: Int = 120,
        until isEnough: ([Event]) async throws -> Bool = { _ in false }
    ) async throws -> [Event] {
        let path = "/api/v1/projects/g/p/events?seconds=\(seconds)"
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.port)\(path)")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let last { request.headers.add(name: "Last-Event-ID", value: last) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(240))
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
        var text = ""
        var events: [Event] = []
        for try await piece in response.body {
            text += String(buffer: piece)
            while let end = text.firstRange(of: "\n\n") {
                var event = Event()
                for line in text[..<end.lowerBound].split(separator: "\n") {
                    if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    guard line.hasPrefix("data: ") else { continue }
                    let data = Data(line.dropFirst(6).utf8)
                    event.jobset = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
                }
                text.removeSubrange(..<end.upperBound)
                if !event.jobset.isEmpty { events.append(event) }
            }
            if try await isEnough(events) { break }
        }
        return events
    }
}
