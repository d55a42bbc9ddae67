// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Mail
import TestSupport
import Testing

@Suite("A message for a mailing list")
struct PlainMailTests {
    private func message(subject: String = "[net] v7.1-rc2: PASSED", text: String = "All passed.\n") throws
        -> MailMessage
    {
        var message = MailMessage(
            from: try #require(MailAddress("muster@example.org")),
            fromName: "Muster, the fleet",
            to: [try #require(MailAddress("list@lists.example.org"))],
            subject: subject,
            date: Date(timeIntervalSince1970: 1_795_700_864),
            id: try #require(MessageID("report-1", domain: "example.org")),
            thread: MessageID(try #require(MailReference("<20261126.1-x+y=z@mail.example.com>"))),
            text: text
        )
        message.isPlain = true
        return message
    }

    @Test("is text as it is, names whom it goes to, and answers the mail that it is to answer")
    func whole() throws {
        var message = try message()
        message.cc = [try #require(MailAddress("dev@example.org")), try #require(MailAddress("other@example.org"))]
        message.envelope = [try #require(MailAddress("dev@example.org"))]
        let rendered = message.rendered()
        #expect(
            rendered.hasPrefix("From: \"Muster, the fleet\"\r\n <muster@example.org>\r\nTo: list@lists.example.org\r\n")
        )
        #expect(rendered.contains("Cc: dev@example.org,\r\n other@example.org\r\nSubject: [net] v7.1-rc2: PASSED\r\n"))
        #expect(rendered.hasSuffix("Content-Transfer-Encoding: 7bit\r\n\r\nAll passed.\r\n"))
        #expect(message.receivers.map(\.description) == ["dev@example.org"])
        let read = try ReadMail(rendered)
        #expect(read.defects == [])
        #expect(read.from == [["Muster, the fleet", "muster@example.org"]])
        #expect(read.values("Cc") == ["dev@example.org, other@example.org"])
        #expect(read.values("In-Reply-To") == ["<20261126.1-x+y=z@mail.example.com>"])
        #expect(read.values("References") == ["<20261126.1-x+y=z@mail.example.com>"])
        #expect(read.parts.map(\.type) == ["text/plain"])
    }

    @Test("folds a long subject at spaces, and encodes nothing of it")
    func subject() throws {
        let words = (1...40).map { "word\($0)" }.joined(separator: " ")
        let rendered = try message(subject: "[größe] \(words) =?UTF-8?Q?sly?=").rendered()
        let header = rendered.split(separator: "\r\n").drop { !$0.hasPrefix("Subject: ") }
        let lines = [header.first ?? ""] + header.dropFirst().prefix { $0.hasPrefix(" ") }
        #expect(lines.count > 3)
        #expect(lines.allSatisfy { $0.utf8.count <= 76 })
        let read = try ReadMail(rendered)
        #expect(read.values("Subject") == ["[gr??e] \(words) = ?UTF-8?Q?sly?="])
        #expect(read.defects == [])
    }

    @Test(
        "takes no header from its subject",
        arguments: ["x\r\nBcc: evil@example.org", "x\n\nbody", "x\u{2028}Bcc: y", "\0Bcc: y", " ", "\r\n "]
    )
    func injection(subject: String) throws {
        let read = try ReadMail(try message(subject: subject).rendered())
        #expect(read.values("Bcc") == [])
        #expect(read.parts.map(\.type) == ["text/plain"])
        #expect(read.parts[0].text == "All passed.\r\n")
    }

    @Test(
        "is encoded where a server would not take it as it is",
        arguments: ["grün\n", String(repeating: "x", count: 2_000)]
    )
    func encoded(text: String) throws {
        let rendered = try message(text: text).rendered()
        #expect(rendered.utf8.allSatisfy { $0 < 0x80 })
        #expect(rendered.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 998 })
        let read = try ReadMail(rendered)
        #expect(read.parts[0].text.replacing("\r\n", with: "\n").hasPrefix(text))
        #expect(read.defects == [])
    }
}
