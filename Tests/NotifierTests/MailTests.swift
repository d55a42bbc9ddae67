// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Notifier

/// Against a real PostgreSQL, a real RabbitMQ and aiosmtpd.
@Suite("Reports by mail", .timeLimit(.minutes(10)))
struct MailTests {
    private static func settings(
        _ server: TestMailServer,
        _ more: [String: String] = [:],
        project: String? = nil
    ) -> TestFleet.Settings {
        let mail = ["url": server.url, "from": "muster@example.org"].merging(more) { $1 }
        return project.map { ["mail": mail, "projects": ["group/project": "{\($0)}"]] } ?? ["mail": mail]
    }

    private static func addresses(_ texts: String...) -> [MailAddress] { texts.compactMap { MailAddress($0) } }

    /// What became of each mail of a jobset, by its receiver.
    private static func mails(_ fleet: TestFleet, _ id: UUID) async throws -> [String: Delivery] {
        let mails = try await fleet.store.deliveries(of: id).filter { $0.kind == "mail" }
        return Dictionary(mails.map { ($0.receiver.reveal, $0) }) { first, _ in first }
    }

    /// Whether there are so many deliveries, and none is still to be made.
    private static func areOver(_ count: Int, _ fleet: TestFleet, _ id: UUID) async throws -> Bool {
        let deliveries = try await fleet.store.deliveries(of: id)
        return deliveries.count == count && deliveries.allSatisfy { $0.state != "due" }
    }

    @Test("The receivers of jobset and project get one mail each, encrypted, which a mail client reads as it was meant")
    func delivered() async throws {
        try await TestCertificates.with { certificates in
            let files = try certificates.issue()
            let behaviour = ["CERTIFICATE=\(files.certificate)", "KEY=\(files.key)", "PASSWORD=geheim"]
            try await TestMailServer.with(behaviour) { server in
                let sections = Self.settings(
                    server,
                    ["user": "muster", "password": "geheim", "ca_file": "\(certificates.authority)"],
                    project: "mail: [team@example.org, both@example.org], mail_junit: true"
                )
                try await TestFleet.with(sections: sections) { fleet in
                    try await fleet.withNotifiers(2) {
                        let id = try await fleet.finishJobset(
                            callback: nil,
                            outcome: .incomplete,
                            jobs: 2,
                            reason: "<b>no board</b>\r\nBcc: evil@example.org",
                            environment: "qemu-ärm64",
                            report: ReportRequest(mail: Self.addresses("own@example.org", "both@example.org"))
                        )
                        try await eventually("all of it is over") {
                            try await Self.areOver(4, fleet, id)
                        }
                        let mails = try await Self.mails(fleet, id)
                        #expect(mails.values.allSatisfy { $0.state == "delivered" && $0.tries == 1 })
                        let taken = try server.taken()
                        #expect(
                            taken.map(\.to).sorted { $0[0] < $1[0] }.map { $0.joined() }
                                == ["both@example.org", "own@example.org", "team@example.org"]
                        )
                        #expect(
                            taken.allSatisfy { $0.encrypted && $0.user == "muster" && $0.from == "muster@example.org" }
                        )
                        for one in taken { try Self.expectReport(one, mails[one.to[0]], of: id) }
                    }
                }
            }
        }
    }

    private static func expectReport(_ taken: TestMailServer.Taken, _ delivery: Delivery?, of id: UUID) throws {
        let read = try ReadMail(taken.content)
        #expect(read.defects == [])
        #expect(read.from == [["Muster", "muster@example.org"]])
        #expect(read.to == taken.to)
        #expect(
            read.values("Subject")
                == ["[group/project] v1: INCOMPLETE, 2 of 2 jobs missing, 6 tests passed"]
        )
        #expect(read.values("Message-ID") == ["<\(delivery?.id.text ?? "")@example.org>"])
        #expect(read.values("References") == read.values("In-Reply-To"))
        #expect(read.values("References").first?.hasPrefix("<project.") == true)
        #expect(read.values("Bcc") == [])
        let withJUnit = taken.to != ["own@example.org"]
        let types = ["multipart/alternative", "text/plain", "text/html"]
        #expect(read.parts.map(\.type) == (withJUnit ? ["multipart/mixed"] + types + ["application/xml"] : types))
        let texts = read.parts.filter { $0.type.hasPrefix("text/") }.map(\.text)
        #expect(texts.first?.contains("Jobs that did not complete (2)") == true)
        #expect(texts.first?.contains("qemu-ärm64") == true)
        #expect(texts.last?.contains("&lt;b&gt;no board") == true)
        #expect(texts.last?.contains("<b>no board") == false)
        if withJUnit { #expect(read.parts.last?.name == "junit.xml") }
    }

    @Test("What the server refuses for now is tried again, as one and the same message", arguments: ["RCPT", "DATA"])
    func later(command: String) async throws {
        try await TestMailServer.with(["\(command)=451 later", "TIMES=2"]) { server in
            try await TestFleet.with(sections: Self.settings(server, ["starttls": "off"])) { fleet in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(
                        callback: nil,
                        report: ReportRequest(mail: Self.addresses("a@example.org"))
                    )
                    try await eventually("the mail is taken") {
                        try await Self.mails(fleet, id)["a@example.org"]?.state == "delivered"
                    }
                    let mail = try #require(try await Self.mails(fleet, id)["a@example.org"])
                    #expect(mail.tries == 3)
                    let tries = try #require(try await fleet.store.tries(of: mail.id))
                    #expect(tries.map(\.status) == [451, 451, 250])
                    #expect(try server.taken().count == 1)
                }
            }
        }
    }

    @Test("An address that the server refuses holds up no other, and is not tried again")
    func refused() async throws {
        try await TestMailServer.with(["REFUSED=bad@example.org"]) { server in
            try await TestFleet.with(sections: Self.settings(server, ["starttls": "off"])) { fleet in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(
                        callback: nil,
                        report: ReportRequest(mail: Self.addresses("bad@example.org", "good@example.org"))
                    )
                    try await eventually("both are over") {
                        try await Self.areOver(3, fleet, id)
                    }
                    let mails = try await Self.mails(fleet, id)
                    #expect(mails["bad@example.org"]?.state == "failed")
                    #expect(mails["bad@example.org"]?.tries == 1)
                    #expect(mails["bad@example.org"]?.lastStatus == 550)
                    #expect(mails["good@example.org"]?.state == "delivered")
                }
            }
        }
    }

    @Test("What a document asks for goes to the domains that the operator lets; what the operator lists goes anywhere")
    func otherDomains() async throws {
        try await TestMailServer.with { server in
            let sections = Self.settings(
                server,
                ["starttls": "off", "allowed_domains": "[ours.example]"],
                project: "mail: [team@elsewhere.example]"
            )
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers {
                    let report = ReportRequest(mail: Self.addresses("a@ours.example", "b@example.org"))
                    let id = try await fleet.finishJobset(callback: nil, report: report)
                    try await eventually("all are over") { try await Self.areOver(4, fleet, id) }
                    let mails = try await Self.mails(fleet, id)
                    #expect(mails["a@ours.example"]?.state == "delivered")
                    #expect(mails["team@elsewhere.example"]?.state == "delivered")
                    #expect(mails["b@example.org"]?.state == "failed")
                    #expect(mails["b@example.org"]?.tries == 1)
                    #expect(mails["b@example.org"]?.lastError?.contains("domain") == true)
                }
            }
        }
    }

    @Test(
        "A server that hangs or cuts the connection gets the message again, under the id that it had",
        arguments: ["hang", "cut"]
    )
    func rough(deed: String) async throws {
        try await TestMailServer.with(["DATA=\(deed)", "TIMES=1"]) { server in
            let sections = Self.settings(server, ["starttls": "off", "timeout_seconds": "1"])
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(
                        callback: nil,
                        report: ReportRequest(mail: Self.addresses("a@example.org"))
                    )
                    try await eventually("the mail is taken") {
                        try await Self.mails(fleet, id)["a@example.org"]?.state == "delivered"
                    }
                    let mail = try #require(try await Self.mails(fleet, id)["a@example.org"])
                    #expect(mail.tries == 2)
                    let taken = try #require(try server.taken().last)
                    #expect(try ReadMail(taken.content).values("Message-ID") == ["<\(mail.id.text)@example.org>"])
                    // Sent again by hand it is the same to the byte.
                    _ = try await fleet.store.redeliver(.delivery(mail.id))
                    try await eventually("it is taken again") { try server.taken().count == 2 }
                    #expect(try server.taken().map(\.content) == [taken.content, taken.content])
                }
            }
        }
    }

    @Test("Mails of one project are one thread, and a generation that was sent out again says so")
    func thread() async throws {
        try await TestMailServer.with { server in
            let sections = Self.settings(server, ["starttls": "off"], project: "mail: [team@example.org]")
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers {
                    let first = try await fleet.finishJobset(callback: nil, outcome: .incomplete)
                    try await eventually("it is told") { try server.taken().count == 1 }
                    try await eventually("it is over") { try await fleet.isOver(first) }
                    _ = try await fleet.store.retryJobs(of: first, .failed)
                    try await fleet.finishAgain(first)
                    try await eventually("it is told again") { try server.taken().count == 2 }
                    let read = try server.taken().map { try ReadMail($0.content) }
                    #expect(Set(read.flatMap { $0.values("References") }).count == 1)
                    #expect(Set(read.flatMap { $0.values("Message-ID") }).count == 2)
                    #expect(read[1].values("Subject") == ["[group/project] v1: PASSED, 3 tests passed, retried"])
                }
            }
        }
    }

    @Test("A mail that can't be sent since nobody is configured to take it waits, and is not given up")
    func unconfigured() async throws {
        try await TestFleet.with(["retry_schedule_seconds": "[0.05]"]) { fleet in
            try await fleet.withNotifiers {
                let id = try await fleet.finishJobset(
                    callback: nil,
                    report: ReportRequest(mail: Self.addresses("a@example.org"))
                )
                try await eventually("it is tried") {
                    (try await Self.mails(fleet, id)["a@example.org"]?.tries ?? 0) > 2
                }
                let mail = try await Self.mails(fleet, id)["a@example.org"]
                #expect(mail?.state == "due")
                #expect(mail?.lastError?.contains("has no mail.url") == true)
            }
        }
    }

    @Test("A JUnit report that is too large stays behind, and the mail says so")
    func large() async throws {
        try await TestMailServer.with { server in
            let sections = Self.settings(server, ["starttls": "off", "maximum_attachment_bytes": "10"])
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers {
                    let request = ReportRequest(mail: Self.addresses("a@example.org"), junit: true)
                    try await fleet.finishJobset(callback: nil, report: request)
                    try await eventually("it is taken") { try server.taken().count == 1 }
                    let read = try ReadMail(try #require(try server.taken().first).content)
                    #expect(read.parts.map(\.type) == ["multipart/alternative", "text/plain", "text/html"])
                    #expect(read.parts[1].text.contains("The JUnit report is not attached"))
                }
            }
        }
    }

    @Test("Whose callbacks are not taken for long is told so, once")
    func warned() async throws {
        try await TestMailServer.with { server in
            let sections = Self.settings(server, ["starttls": "off"], project: "mail: [team@example.org]")
            let settings = ["receiver_failing_seconds": "0", "retry_schedule_seconds": "[0.05, 0.05]"]
            try await TestFleet.with(settings, sections: sections) { fleet in
                try await CallbackReceiver.with { _, _ in
                    .status(503)
                } _: { receiver in
                    try await fleet.withNotifiers(2) {
                        let callback = CallbackRequest(url: "\(receiver.url)?token=geheim")
                        let ids = [
                            try await fleet.finishJobset(callback: callback),
                            try await fleet.finishJobset(callback: callback),
                        ]
                        for id in ids { try await eventually("all is over") { try await fleet.isOver(id) } }
                        let read = try server.taken().map { try ReadMail($0.content) }
                        let warnings = read.filter {
                            $0.values("Subject").first?.contains("has accepted no callbacks") == true
                        }
                        #expect(read.count == 3)
                        #expect(warnings.count == 1)
                        let text = warnings.first?.parts.first?.text ?? ""
                        #expect(
                            text.contains("http://127.0.0.1:\(receiver.port) has accepted no callbacks since")
                        )
                        #expect(text.contains("The last one: the receiver answered 503"))
                        #expect(text.contains("muster redeliver --failed"))
                        #expect(!read.contains { "\($0)".contains("geheim") })
                    }
                }
            }
        }
    }
}
