// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Mail
import TestSupport
import Testing

@Suite("A message")
struct MailMessageTests {
    private func message(subject: String = "Ready", text: String = "All passed.\n") throws -> MailMessage {
        MailMessage(
            from: try #require(MailAddress("muster@example.org")),
            to: [try #require(MailAddress("team@example.org"))],
            subject: subject,
            date: Date(timeIntervalSince1970: 1_795_700_864),
            id: try #require(MessageID("delivery-1", domain: "example.org")),
            text: text
        )
    }

    @Test("is read by a mail client as it was meant")
    func whole() throws {
        var message = try message(subject: "[kernel/nächtlich] 日本: FAILED")
        message.fromName = "Müster, \"the\" <fleet>"
        message.to.append(try #require(MailAddress("o'hara+lab@lab-1.example.org")))
        message.thread = MessageID("project-7", domain: "example.org")
        message.html = "<p>für \u{1F600}</p>\n"
        message.attachments = [MailAttachment(name: "Ergebnis \"ü\".xml", kind: .xml, text: "<a>\u{E9}</a>\n")]
        let read = try ReadMail(message.rendered())
        #expect(read.defects == [])
        #expect(read.from == [["Müster, \"the\" <fleet>", "muster@example.org"]])
        #expect(read.to == ["team@example.org", "o'hara+lab@lab-1.example.org"])
        #expect(read.values("Subject") == [message.subject])
        #expect(read.values("Message-ID") == ["<delivery-1@example.org>"])
        #expect(read.values("References") == ["<project-7@example.org>"])
        #expect(read.values("In-Reply-To") == ["<project-7@example.org>"])
        #expect(read.date == message.date.timeIntervalSince1970)
        let types = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/xml"]
        #expect(read.parts.map(\.type) == types)
        #expect(
            read.parts.map(\.text) == ["", "", "All passed.\r\n\r\n", "<p>für \u{1F600}</p>\r\n\r\n", "<a>é</a>\n"]
        )
        #expect(read.parts[4].name == "Ergebnis \"ü\".xml")
    }

    @Test(
        "takes no header from its subject",
        arguments: [
            "x\r\nBcc: evil@example.org", "x\nBcc: evil@example.org\n\nbody", "x\rBcc: y", "x\u{2028}Bcc: y",
            "\0Bcc: y",
        ]
    )
    func injection(subject: String) throws {
        var message = try message(subject: subject)
        message.fromName = subject
        let read = try ReadMail(message.rendered())
        #expect(read.values("Bcc") == [])
        #expect(read.headers.count == 9)
        #expect(read.parts.map(\.type) == ["text/plain"])
    }

    @Test("has ASCII lines that a server takes, whatever is in it")
    func lines() throws {
        var message = try message(subject: String(repeating: "ü日\u{1F600}a ", count: 300))
        message.text = String(repeating: "=é ", count: 5000) + "\n.\n--=_muster_mixed--\ntrailing \t\r\nFrom me"
        message.fromName = message.subject
        message.attachments = [MailAttachment(name: message.subject, kind: .json, text: message.text)]
        let rendered = message.rendered()
        #expect(rendered.utf8.allSatisfy { $0 < 0x80 })
        #expect(rendered.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 998 && !$0.contains { $0.isNewline } })
        let read = try ReadMail(message.rendered())
        #expect(read.defects == [])
        // Python joins what is folded; blanks at the end of a header mean nothing.
        #expect(
            read.values("Subject").map { $0.trimmingCharacters(in: .whitespaces) } == [
                message.subject.trimmingCharacters(in: .whitespaces)
            ]
        )
        #expect(read.parts.map(\.type) == ["multipart/mixed", "text/plain", "application/json"])
        #expect(read.parts[2].text == message.text)
        let text = message.text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        #expect(read.parts[1].text == text + "\r\n")
    }

    @Test("is the same message each time")
    func same() throws {
        #expect(try message().rendered() == message().rendered())
    }

    @Test("keeps a plain subject readable on the wire; what only looks encoded is not decoded")
    func plainSubject() throws {
        #expect(try message(subject: "[a/b] v1: PASSED").rendered().contains("Subject: [a/b] v1: PASSED\r\n"))
        let sly = "=?UTF-8?Q?sly?="
        #expect(try ReadMail(message(subject: sly).rendered()).values("Subject") == [sly])
    }
}
