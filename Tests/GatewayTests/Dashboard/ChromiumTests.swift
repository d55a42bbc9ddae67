// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import Postgres
import Synchronization
import Testing

/// Each of them has a Chromium of its own, so one at a time.
@Suite("The dashboard in a real browser", .serialized)
struct ChromiumTests {
    @Test("Nobody is kept out of any page, wide, dark or on a phone, and nothing is refused by the policy")
    func accessibility() async throws {
        try await TestGateway.with(["requests_per_second": "10000", "request_burst": "10000"]) { gateway in
            let token = try await gateway.token(["*"])
            for name in ["ci", "chat-with-quite-a-long-name"] {
                _ = try await gateway.store.putWebhook(
                    WebhookWish(name: name, url: "https://\(name).example.org/"),
                    of: "g",
                    "p",
                    by: "somebody"
                )
            }
            let id = try await gateway.submit(TestGateway.document(jobs: 8), token: token)
            try await gateway.end(id, positions: [0, 1])
            try await gateway.end(id, positions: [2], .incomplete)
            let ended = try await gateway.submit(TestGateway.document("/g/p/2", jobs: 2), token: token)
            try await gateway.end(ended)
            let again = try await gateway.submit(TestGateway.document("/g/p/3", jobs: 2), token: token)
            try await gateway.end(again, .lost)
            let before = try await ComparisonPageTests.build(
                gateway,
                "/g/p/4",
                token: token,
                ComparisonPageTests.before
            )
            let after = try await ComparisonPageTests.build(gateway, "/g/p/5", token: token, ComparisonPageTests.after)
            while try await gateway.store.recordHistory() {}
            try await gateway.store.storeReport(
                ArchivedReport([.text: "REPORT\n\n" + String(repeating: "a long line ", count: 40)]),
                of: try #require(UUID(uuidString: ended)),
                generation: 1
            )
            try await gateway.store.pauseBackend("lab-b", reason: "<new> power supply")
            try await gateway.parts.postgres.execute(
                "update delivery set state = 'failed', tries = 9, ended_at = now(), last_error = 'no route'"
            )
            let (status, lines) = try await Self.look(
                gateway,
                token: token,
                [
                    "/", "/login", "/projects/g/p", "/jobsets/\(id)", "/jobsets/\(id)?show=failed",
                    "/jobsets/\(ended)", "/jobsets/\(id)/jobs/2", "/backends", "/backends/lab-b", "/operations",
                    "/search?q=g/p", "/search", "/jobsets/\(ended)/report", "/projects/g/p/webhooks", "/bulk",
                    "/bulk?action=cancel&group=g", "/jobsets/\(after)/comparison?baseline=\(before)",
                    "/jobsets/\(after)/comparison", "/projects/g/p/metric?suite=ltp&test=boot-time",
                    "/jobsets/\(after)/tests",
                ]
            )
            #expect(status == 0, "\(lines.joined(separator: "\n"))")
            #expect(lines.count == 20 * 3)
        }
    }

    @Test("A page shows what happens without being loaded again")
    func live() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: token)
            let (status, lines) = try await Self.look(
                gateway,
                token: token,
                ["--until", "✓ passed", "/jobsets/\(id)"]
            ) { line in
                if line == "ready" { try await gateway.end(id) }
            }
            #expect(status == 0, "\(lines)")
        }
    }

    @Test("Whoever signs in at an identity provider of another site is signed in on the first page")
    func identityProvider() async throws {
        try await SignInTests.with { gateway, _ in
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: try await gateway.token())
            let (status, lines) = try await Self.look(
                gateway,
                token: "",
                ["--with", "The Company", "--until", "✓ passed", "/jobsets/\(id)"]
            ) { line in
                if line == "ready" { try await gateway.end(id) }
            }
            #expect(status == 0, "\(lines)")
        }
    }

    /// Has `deploy/browser` look, which installs what it needs; what it says, line by line.
    private static func look(
        _ gateway: TestGateway,
        token: String,
        _ arguments: [String],
        _ each: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) async throws -> (status: Int32, lines: [String]) {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        try Data(token.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appending(path: "deploy/browser")
        process.arguments = ["http://127.0.0.1:\(gateway.port)", file.path()] + arguments
        let output = Pipe()
        process.standardOutput = output
        let (exits, exit) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            exit.yield($0.terminationStatus)
            exit.finish()
        }
        let (pieces, piece) = AsyncStream.makeStream(of: Data.self)
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { piece.finish() } else { piece.yield(data) }
        }
        try process.run()
        // Installing may take minutes, once.
        let limit = Task {
            try await Task.sleep(for: .seconds(900))
            process.terminate()
        }
        defer { limit.cancel() }
        var lines: [String] = []
        var rest = Data()
        for await data in pieces {
            rest += data
            while let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                rest = Data(rest[rest.index(after: end)...])
                lines.append(line)
                try await each(line)
            }
        }
        for await status in exits { return (status, lines) }
        return (-1, lines)
    }
}
