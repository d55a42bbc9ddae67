// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Notifier

/// Against a real PostgreSQL, a real RabbitMQ and aiosmtpd.
@Suite("Reports for mailing lists", .timeLimit(.minutes(10)))
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

    /// The documentation's block of YAML that has this key, as settings of one project in a flow.
    private static func documented(_ key: String) throws -> String {
        let yaml = try #require(
            try DocumentedCode.blocks(of: "docs/mail.md", in: "yaml").first { $0.contains("\(key):") }
        )
        var flow = ""
        var depth = 4
        for line in yaml.split(separator: "\n") where line.hasPrefix("    ") {
            let indent = line.prefix { $0 == " " }.count
            flow +=
                indent > depth ? "" : String(repeating: "}", count: (depth - indent) / 2) + (flow.isEmpty ? "" : ", ")
            flow += line.trimmingCharacters(in: .whitespaces) + (line.hasSuffix(":") ? " {" : "")
            depth = indent
        }
        return flow + String(repeating: "}", count: (depth - 4) / 2)
    }

    @Test("The documentation's receivers get what concerns them, each in a mail of their own")
    func ownReceivers() async throws {
        let project = try Self.documented("mail_receivers")
        try await TestMailServer.with { server in
            try await TestFleet.with(sections: Self.settings(server, project)) { fleet in
                try await fleet.withNotifiers {
                    let first = try await fleet.finishJobset(callback: nil, environment: "qemu-arm64")
                    try await eventually("the first has its mails") {
                        let mails = try await Self.mails(fleet, first)
                        return mails.count == 3 && mails.allSatisfy { $0.state != "due" }
                    }
                    let mails = try await Self.mails(fleet, first)
                    let states = Dictionary(mails.map { ($0.receiver.reveal, $0.state) }) { first, _ in first }
                    // Nothing failed, there is nothing to compare it with, and no suite ltp-* ran.
                    #expect(
                        states == [
                            "kernel-reports@example.org": "delivered", "arm@example.org": "skipped",
                            "ltp@example.org": "skipped",
                        ]
                    )
                    let reason = mails.first { $0.receiver.reveal == "arm@example.org" }?.lastError
                    #expect(reason?.contains("in the environments and suites that were asked for") == true)
                    for mail in mails where mail.state == "skipped" {
                        _ = try await fleet.store.redeliver(.delivery(mail.id))
                    }
                    try await eventually("all are sent") {
                        try await Self.mails(fleet, first).allSatisfy { $0.state == "delivered" }
                    }
                    let taken = try server.taken()
                    #expect(taken.count == 3 && Set(taken.map(\.to)).count == 3)
                    for mail in taken {
                        let read = try ReadMail(mail.content)
                        #expect(read.to == mail.to)
                        #expect(read.parts.count == (mail.to == ["ltp@example.org"] ? 1 : read.parts.count))
                    }
                    #expect(Set(try taken.flatMap { try ReadMail($0.content).values("Message-ID") }).count == 3)
                }
            }
        }
    }

    @Test("A digest says once on its day which tests fail since when, however many notifiers there are")
    func digest() async throws {
        try await TestMailServer.with { server in
            try await TestFleet.with { probe in
                let today = try await probe.postgres.query(
                    "select extract(isodow from now() at time zone 'UTC')::bigint"
                )
                .one().decode(Int.self)
                let day = Weekday.allCases[today - 1].rawValue
                let project = try Self.documented("mail_digest").replacing("monday", with: day)
                #expect(project.contains(day))
                let notifier = ["upkeep_interval_seconds": "0.1"]
                try await TestFleet.with(notifier, sections: Self.settings(server, project)) { fleet in
                    try await Self.addHistory(fleet)
                    try await fleet.withNotifiers(2) {
                        try await eventually("the digest is sent") { try server.taken().count == 1 }
                        for _ in 0..<3 { #expect(try await !Self.digestIsOrdered(fleet, Weekday.allCases[today - 1])) }
                    }
                    let taken = try #require(try server.taken().first)
                    #expect(try server.taken().count == 1 && taken.to == ["team@example.org"])
                    let read = try ReadMail(taken.content)
                    #expect(read.values("Subject") == ["[group/project] Weekly digest: 2 tests fail"])
                    let text = read.parts[0].text.replacing("\r\n", with: "\n")
                    #expect(text.contains("since v2 ("))
                    #expect(text.contains("  e: ltp/b (2 times)\n"))
                    #expect(text.contains("since v3 (") && text.contains("  e: ltp/c (once)\n"))
                    #expect(!text.contains("ltp/a") && !text.contains("ltp/d"))
                    // Another day, and nothing has finished since.
                    try await fleet.postgres.execute("update mail_digest set day = day - 7")
                    try await fleet.postgres.execute(
                        "update delivery set occurrence = occurrence - 7 where kind = 'digest'"
                    )
                    try await fleet.withNotifiers { try await eventually("another") { try server.taken().count == 2 } }
                }
            }
        }
    }

    private static func digestIsOrdered(_ fleet: TestFleet, _ day: Weekday) async throws -> Bool {
        let wanted = WantedDigest(group: "group", project: "project", receivers: [], day: day)
        return try await fleet.store.orderDigest(wanted) { _ in "x" }
    }

    /// Three builds: a passes, b fails from the second on, c fails in the third, d has failed and is mended.
    private static func addHistory(_ fleet: TestFleet) async throws {
        try await fleet.postgres.execute(
            "insert into test_list (digest, names) values ('x', array['a', 'b', 'c', 'd'])"
        )
        for (number, letters) in ["pppf", "pffp", "pffp"].enumerated() {
            let letters = number == 1 ? "pfpp" : letters
            let document = JobsetDocument(
                build: try #require(Build("/group/project/v\(number + 1)")),
                jobs: [JobEntry(environment: "e", backend: "lab-a", definition: "job_name: test")]
            )
            let id = try await fleet.finish(document, isAnnounced: false)
            try await fleet.postgres.execute(
                """
                insert into suite_history (jobset_id, environment, suite, build_group, build_project, created_at,
                    test_list_id, statuses)
                select id, 'e', 'ltp', build_group, build_project, created_at, (select max(id) from test_list), \(letters)
                from jobset where id = \(id)
                """
            )
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
