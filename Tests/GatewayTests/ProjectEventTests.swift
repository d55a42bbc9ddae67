// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetStore
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@Suite("Events of a project over HTTP", .timeLimit(.minutes(10)))
struct ProjectEventTests {
    private static let path = "/api/v1/projects/g/p/events?seconds="

    /// What an event says of its jobset.
    private static func state(_ event: StreamEvent) throws -> String {
        let jobset = try event.json()
        return "\(jobset["build"] ?? "") \(jobset["verdict"] ?? jobset["state"] ?? "")"
    }

    @Test("A stream tells of each jobset of the project, from its beginning to its end, and of no other")
    func stream() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["g/*"])
            let before = try await gateway.submit(TestGateway.document("/g/p/old"), token: token)
            try await gateway.end(before)
            let running = try await gateway.submit(TestGateway.document("/g/p/1", jobs: 2), token: token)
            var (later, step) = ("", 0)
            let events = try await gateway.events(Self.path + "120", token: token) { events in
                let states = try events.map(Self.state)
                switch step {
                case 0 where states.contains("/g/p/1 running"):
                    try await gateway.end(try await gateway.submit(TestGateway.document("/g/q/1"), token: token))
                    later = try await gateway.submit(TestGateway.document("/g/p/2"), token: token)
                case 1 where states.contains("/g/p/2 running"): try await gateway.end(running, positions: [0])
                case 2 where try events.contains { try $0.number("pending") == 1 && $0.number("total") == 2 }:
                    try await gateway.end(running, positions: [1], .incomplete)
                    try await gateway.end(later)
                case 3 where Set(states).isSuperset(of: ["/g/p/1 incomplete", "/g/p/2 passed"]): return true
                default: return false
                }
                step += 1
                return false
            }
            #expect(try !events.map(Self.state).contains { $0.contains("/g/q") || $0.contains("old") })
            // Behind the last event that a client saw: what ended since then, and what runs.
            let third = try await gateway.submit(TestGateway.document("/g/p/3"), token: token)
            try await gateway.end(third)
            _ = try await gateway.submit(TestGateway.document("/g/p/4"), token: token)
            let rest = try await gateway.events(Self.path + "0", token: token, after: events.last?.id)
            #expect(try Set(rest.map(Self.state)).isSuperset(of: ["/g/p/3 passed", "/g/p/4 running"]))
            let nonsense = try await gateway.events(Self.path + "0", token: token, after: "' or 1=1 --")
            #expect(try nonsense.map(Self.state) == ["/g/p/4 running"])
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
}
