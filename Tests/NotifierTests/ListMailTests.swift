// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import TestSupport
import Testing

@testable import Notifier

/// Against a real PostgreSQL, a real RabbitMQ and aiosmtpd.
@Suite("Reports for mailing lists", .timeLimit(.minutes(5)))
struct ListMailTests {
    /// The documentation's settings of a project for a list, and a document for it.
    private static func example() throws -> (project: String, document: JobsetDocument) {
        let yaml = try #require(
            try DocumentedCode.blocks(of: "docs/mail.md", in: "yaml").first { $0.contains("mail_format") }
        )
        let settings = yaml.split(separator: "\n").filter { $0.hasPrefix("    ") }
        let json = try #require(
            try DocumentedCode.blocks(of: "docs/mail.md", in: "json").first { $0.contains("in_reply_to") }
        )
        var limits = DocumentLimits()
        limits.mailDomains = MailDomains(["example.org"])
        let document = try JobsetDocument.read(Array(json.utf8), limits: limits, knownBackends: ["lab-a"])
        return (settings.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: ", "), document)
    }

    private static func settings(_ server: TestMailServer, _ project: String, of name: String = "group/project")
        -> TestFleet.Settings
    {
        [
            "mail": ["url": server.url, "from": "muster@example.org", "starttls": "off"],
            "projects": [name: "{\(project)}"],
        ]
    }

    private static func mails(_ fleet: TestFleet, _ id: UUID) async throws -> [Delivery] {
        try await fleet.store.deliveries(of: id).filter { $0.kind == "mail" }
    }

    @Test("The example of the documentation: one message for all, plain, in the thread that the document names")
    func example() async throws {
        let (project, document) = try Self.example()
        try await TestMailServer.with { server in
            try await TestFleet.with(sections: Self.settings(server, project, of: "lkft/linux-next")) { fleet in
                try await fleet.withNotifiers {
                    let id = try await fleet.finish(document)
                    try await eventually("all is over") { try await fleet.isOver(id) }
                    let taken = try server.taken()
                    #expect(Set(taken.map(\.to)) == [["kernel-reports@lists.example.org"], ["dev@example.org"]])
                    #expect(Set(taken.map(\.content)).count == 1)
                    let content = try #require(taken.first?.content)
                    #expect(content.contains("Subject: Re: [ANNOUNCE] next-20261126: passed\r\n"))
                    let read = try ReadMail(content)
                    #expect(read.defects == [])
                    #expect(read.to == ["kernel-reports@lists.example.org"])
                    #expect(read.values("Cc") == ["dev@example.org"])
                    #expect(read.values("In-Reply-To") == ["<20261126101500.4711-1-maintainer@kernel.example>"])
                    #expect(read.values("Message-ID") == ["<report.\(id.text).1@example.org>"])
                    #expect(read.parts.map(\.type) == ["text/plain"])
                    let text = read.parts[0].text.replacing("\r\n", with: "\n")
                    #expect(text.hasPrefix("next-20261126 passed: all 3 tests of 1 job passed.\n"))
                    #expect(text.contains("Commit:    0123456789abcdef0123456789abcdef01234567\n"))
                    #expect(text.hasSuffix("\n\nTested-by: Example Lab <lab@example.org>\n"))
                    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 72 || $0.contains("://") })
                }
            }
        }
    }

    @Test("What is not wanted is not sent, and the delivery says why; by hand it can be sent all the same")
    func skipped() async throws {
        try await TestMailServer.with { server in
            let project = "mail: [team@example.org], mail_when: change"
            try await TestFleet.with(sections: Self.settings(server, project)) { fleet in
                try await fleet.withNotifiers {
                    let first = try await fleet.finishJobset(callback: nil)
                    try await eventually("the first is over") { try await fleet.isOver(first) }
                    #expect(try await Self.mails(fleet, first).map(\.state) == ["delivered"])
                    // The same again is no change.
                    let second = try await fleet.finishJobset(callback: nil)
                    try await eventually("the second has a mail") { try await !Self.mails(fleet, second).isEmpty }
                    let mail = try #require(try await Self.mails(fleet, second).first)
                    #expect(mail.state == "skipped")
                    #expect(
                        mail.lastError == "not sent: nothing has changed since /group/project/v1 (mail_when: change)"
                    )
                    #expect(mail.tries == 0 && mail.dueAt == nil)
                    #expect(try server.taken().count == 1)
                    _ = try await fleet.store.redeliver(.delivery(mail.id))
                    try await eventually("it is sent") {
                        try await Self.mails(fleet, second).first?.state == "delivered"
                    }
                    // What the document says weighs more.
                    var request = ReportRequest(mail: [])
                    request.when = .always
                    let third = try await fleet.finishJobset(callback: nil, report: request)
                    try await eventually("the third is over") { try await fleet.isOver(third) }
                    #expect(try await Self.mails(fleet, third).map(\.state) == ["delivered"])
                    request.when = .never
                    let fourth = try await fleet.finishJobset(callback: nil, outcome: .lost, report: request)
                    try await eventually("the fourth has a mail") { try await !Self.mails(fleet, fourth).isEmpty }
                    #expect(try await Self.mails(fleet, fourth).map(\.state) == ["skipped"])
                    #expect(try server.taken().count == 3)
                }
            }
        }
    }

    @Test("A build of which something is missing has no trailer; JUnit goes with a plain mail if somebody asks for it")
    func incomplete() async throws {
        try await TestMailServer.with { server in
            let project =
                "mail: [team@example.org], mail_format: text, mail_trailer: \"Tested-by: Lab <lab@example.org>\""
            try await TestFleet.with(sections: Self.settings(server, project)) { fleet in
                try await fleet.withNotifiers {
                    let request = ReportRequest(mail: [try #require(MailAddress("own@example.org"))], junit: true)
                    let id = try await fleet.finishJobset(callback: nil, outcome: .incomplete, report: request)
                    try await eventually("all is over") { try await fleet.isOver(id) }
                    let taken = try server.taken()
                    #expect(taken.count == 2 && Set(taken.map(\.content)).count == 1)
                    let read = try ReadMail(try #require(taken.first).content)
                    #expect(read.to == ["team@example.org", "own@example.org"])
                    #expect(read.parts.map(\.type) == ["multipart/mixed", "text/plain", "application/xml"])
                    #expect(
                        read.values("Subject").first?.hasPrefix("[group/project] v1: INCOMPLETE, 1 of 1 job") == true
                    )
                    #expect(read.parts[1].text.contains("Jobs that did not complete (1)"))
                    #expect(!read.parts[1].text.contains("Tested-by"))
                }
            }
        }
    }

    @Test("With a copy, people get one message with text and HTML; what is copied to nobody is sent as before")
    func copies() async throws {
        try await TestMailServer.with { server in
            let project = "mail: [team@example.org], mail_cc: [boss@elsewhere.example]"
            try await TestFleet.with(sections: Self.settings(server, project)) { fleet in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: nil)
                    try await eventually("all is over") { try await fleet.isOver(id) }
                    #expect(try await Self.mails(fleet, id).allSatisfy { $0.state == "delivered" })
                    let taken = try server.taken()
                    #expect(
                        taken.map(\.to).sorted { $0[0] < $1[0] } == [["boss@elsewhere.example"], ["team@example.org"]]
                    )
                    let read = try ReadMail(try #require(taken.first).content)
                    #expect(read.values("Cc") == ["boss@elsewhere.example"])
                    #expect(read.parts.map(\.type) == ["multipart/alternative", "text/plain", "text/html"])
                }
            }
        }
    }
}
