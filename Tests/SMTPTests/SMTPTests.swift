// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Mail
import SMTP
import TestSupport
import Testing

@Suite("A message to an SMTP server")
struct SMTPTests {
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

    @Test("arrives once, byte for byte, for each receiver")
    func arrives() async throws {
        let message = try message()
        let all = try await TestMailServer.with { server in
            try await SMTPServer(url: server.url, startTLS: .optional).send(message)
            return try server.taken()
        }
        #expect(all.count == 1)
        let taken = try #require(all.first)
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
        try await TestMailServer.with([answer]) { server in
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPServer(url: server.url, startTLS: .off).send(message)
            }
            #expect(error?.status == status)
            #expect(error?.isPermanent == isPermanent)
            let taken = try server.taken()
            #expect(taken.isEmpty)
        }
    }

    @Test("does not go in the clear when STARTTLS is required")
    func requiresTLS() async throws {
        let message = try message()
        try await TestMailServer.with { server in
            let error = await #expect(throws: SMTPError.self) { try await SMTPServer(url: server.url).send(message) }
            #expect(error?.isPermanent == false)
            let taken = try server.taken()
            #expect(taken.isEmpty)
        }
    }

    @Test("goes encrypted and logged in, to a server whose certificate is checked and with the right password alone")
    func encryptedAndLoggedIn() async throws {
        let message = try message()
        try await TestCertificates.with { certificates in
            let files = try certificates.issue()
            let arguments = ["CERTIFICATE=\(files.certificate)", "KEY=\(files.key)", "PASSWORD=geheim"]
            try await TestMailServer.with(arguments) { taking in
                var server = SMTPServer(url: taking.url, user: "muster", password: "geheim")
                let distrust = await #expect(throws: SMTPError.self) { try await server.send(message) }
                #expect(distrust?.isPermanent == false)
                server.caFile = certificates.authority
                try await server.check()
                try await server.send(message)
                server.password = "wrong"
                let refusal = await #expect(throws: SMTPError.self) { try await server.send(message) }
                #expect(refusal?.reason == "Login denied")
                #expect(refusal?.isPermanent == false)
                await #expect(throws: SMTPError.self) { try await server.check() }
                #expect(try taking.taken().map(\.user) == ["muster"])
                #expect(try taking.taken().map(\.encrypted) == [true])
            }
        }
    }

    @Test("is given up after its time when the server hangs, and at once when it cuts", arguments: ["hang", "cut"])
    func hangs(deed: String) async throws {
        let message = try message()
        try await TestMailServer.with(["DATA=\(deed)"]) { taking in
            let server = SMTPServer(url: taking.url, startTLS: .off, timeout: .seconds(deed == "hang" ? 2 : 60))
            let error = await #expect(throws: SMTPError.self) { try await server.send(message) }
            #expect(error?.status == nil)
            #expect(error?.isPermanent == false)
            let taken = try taking.taken()
            #expect(taken.isEmpty)
        }
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
