// SPDX-License-Identifier: Apache-2.0

import Foundation
import Mail
import SMTP
import Testing

@Suite("A message to an SMTP server")
struct SMTPTests {
    private struct Taken: Decodable {
        var from: String
        var to: [String]
        var content: String
    }

    private func message() throws -> MailMessage {
        MailMessage(
            from: try #require(MailAddress("muster@example.org")),
            to: [try #require(MailAddress("a@example.org")), try #require(MailAddress("b@example.org"))],
            subject: "für alle",
            date: Date(timeIntervalSince1970: 1_795_700_864),
            id: try #require(MessageID("delivery-1", domain: "example.org")),
            text: ".\n..\n" + String(repeating: "line\n", count: 20_000)
        )
    }

    /// A server while `body` runs, which gets its port; returns the lines that the server wrote.
    private func withServer(_ answers: [String] = [], _ body: (Int) async throws -> Void) async throws -> [String] {
        let process = Process()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "smtp-server.py")
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [script.path] + answers
        let (input, output) = (Pipe(), FileManager.default.temporaryDirectory.appending(path: "smtp-\(UUID())"))
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        defer { process.terminate() }
        func lines() throws -> [String] {
            try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        for _ in 0..<600 where try lines().isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        let port = try lines().first.flatMap { Int($0) }
        try await body(#require(port))
        return Array(try lines().dropFirst())
    }

    @Test("arrives once, byte for byte, for each receiver")
    func arrives() async throws {
        let message = try message()
        let lines = try await withServer { port in
            try await SMTPServer(url: "smtp://127.0.0.1:\(port)", startTLS: .optional).send(message)
        }
        try #require(lines.count == 1)
        let taken = try JSONDecoder().decode(Taken.self, from: Data(lines[0].utf8))
        #expect(taken.from == "muster@example.org")
        #expect(taken.to == ["a@example.org", "b@example.org"])
        #expect(taken.content == message.rendered())
    }

    @Test(
        "that is refused says for how long",
        arguments: [
            ("RCPT=550 no", 550, true), ("RCPT=450 later", 450, false), ("DATA=554 no", 554, true),
            ("DATA=451 later", 451, false),
        ]
    )
    func refused(answer: String, status: Int, isPermanent: Bool) async throws {
        let message = try message()
        let lines = try await withServer([answer]) { port in
            let server = SMTPServer(url: "smtp://127.0.0.1:\(port)", startTLS: .off)
            let error = await #expect(throws: SMTPError.self) { try await server.send(message) }
            #expect(error?.status == status)
            #expect(error?.isPermanent == isPermanent)
        }
        #expect(lines.isEmpty)
    }

    @Test("does not go in the clear when STARTTLS is required")
    func requiresTLS() async throws {
        let message = try message()
        let lines = try await withServer { port in
            let server = SMTPServer(url: "smtp://127.0.0.1:\(port)")
            let error = await #expect(throws: SMTPError.self) { try await server.send(message) }
            #expect(error?.isPermanent == false)
        }
        #expect(lines.isEmpty)
    }

    @Test("waits for another try when nobody listens")
    func nobody() async throws {
        let message = try message()
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPServer(url: "smtp://127.0.0.1:1").send(message)
        }
        #expect(error?.status == nil)
        #expect(error?.isPermanent == false)
    }
}
