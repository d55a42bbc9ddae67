// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

@Suite("The receivers of a report in a document")
struct ReportRequestTests {
    private static func read(_ report: String, _ change: (inout DocumentLimits) -> Void = { _ in }) throws
        -> JobsetDocument
    {
        var limits = DocumentLimits()
        change(&limits)
        let body = Array(#"{"build": "/g/p/1", "report": \#(report), "jobs": []}"#.utf8)
        return try JobsetDocument.read(body, limits: limits, knownBackends: [])
    }

    @Test("Addresses are taken once each, and JUnit if it is asked for")
    func taken() throws {
        let document = try Self.read(#"{"mail": ["a@example.org", "b@example.org", "a@example.org"], "junit": true}"#)
        #expect(document.report?.mail.map(\.description) == ["a@example.org", "b@example.org"])
        #expect(document.report?.junit == true)
        #expect(try Self.read(#"{"mail": []}"#).report == nil)
        #expect(try Self.read("{}").report == nil)
    }

    @Test("Another receiver makes another document, none leaves it as it was")
    func digest() throws {
        let none = try Self.read("{}").digest
        #expect(none == JobsetDocument(build: try #require(Build("/g/p/1")), jobs: []).digest)
        #expect(try Self.read(#"{"mail": ["a@example.org"]}"#).digest != none)
        #expect(
            try Self.read(#"{"mail": ["a@example.org"]}"#).digest
                != Self.read(#"{"mail": ["a@example.org"], "junit": true}"#).digest
        )
    }

    @Test("How it is mailed is read, and makes another document")
    func settings() throws {
        let report = try #require(
            try Self.read(
                #"""
                {"mail": ["list@example.org"], "cc": ["dev@example.org"], "format": "text", "when": "regression",
                "subject": "Re: {{jobset.source.describe}}: {{verdict}}", "trailer": "Tested-by: Lab <lab@example.org>",
                "in_reply_to": "20261126.1-dev@example.org"}
                """#
            ).report
        )
        #expect(report.cc?.map(\.description) == ["dev@example.org"])
        #expect((report.format, report.when) == (.text, .regression))
        #expect(report.subject == "Re: {{jobset.source.describe}}: {{verdict}}")
        #expect(report.trailer == "Tested-by: Lab <lab@example.org>")
        #expect(report.inReplyTo?.description == "<20261126.1-dev@example.org>")
        // What the project mails can be changed without a receiver of one's own.
        #expect(try Self.read(#"{"when": "never"}"#).report?.when == .never)
        #expect(try Self.read(#"{"cc": []}"#).report == nil)
        let digests = try [
            "{}", #"{"cc": ["a@example.org"]}"#, #"{"format": "text"}"#, #"{"format": "html"}"#, #"{"when": "change"}"#,
            #"{"subject": "a"}"#, #"{"trailer": "Link: a"}"#, #"{"in_reply_to": "a@b"}"#,
        ].map { try Self.read($0).digest }
        #expect(Set(digests).count == digests.count)
        #expect(try Self.read(#"{"in_reply_to": "<a@b>"}"#).digest == digests.last)
    }

    @Test(
        "What can't be a subject, a trailer or a Message-ID is named with its place",
        arguments: [
            (#"{"subject": "{{#verdict}}"}"#, "subject"), (#"{"subject": "a\nBcc: b@example.org"}"#, "subject"),
            (#"{"subject": "{{{verdict}}}"}"#, "subject"), (#"{"subject": ""}"#, "subject"),
            (#"{"trailer": "Tested by me"}"#, "trailer"), (#"{"trailer": "Tested-by: me\nBcc: you"}"#, "trailer"),
            (#"{"trailer": "Tested-by: "}"#, "trailer"), (#"{"in_reply_to": "nobody"}"#, "in_reply_to"),
            (#"{"in_reply_to": "<a@b> <c@d>"}"#, "in_reply_to"),
            (#"{"in_reply_to": "<a@b>\r\nBcc: c@d"}"#, "in_reply_to"),
            (#"{"in_reply_to": "<a@b@c>"}"#, "in_reply_to"), (#"{"in_reply_to": "ä@b"}"#, "in_reply_to"),
            (#"{"when": "sometimes"}"#, "when"), (#"{"format": "rtf"}"#, "format"), (#"{"cc": ["nobody"]}"#, "cc/0"),
        ]
    )
    func wrongSettings(report: String, place: String) throws {
        let faults = #expect(throws: DocumentFaults.self) { try Self.read(report) }
        #expect(faults?.faults.map(\.pointer) == ["/report/\(place)"])
    }

    @Test(
        "What is wrong is named with its place",
        arguments: [
            ("[]", ["/report"]), (#"{"mail": "a@example.org"}"#, ["/report/mail"]),
            (#"{"mail": ["a@example.org", "nobody", "ü@example.org"]}"#, ["/report/mail/1", "/report/mail/2"]),
            (#"{"mail": ["a@example.org\r\nBcc: b@example.org"]}"#, ["/report/mail/0"]),
            (#"{"mail": [1], "junit": "yes"}"#, ["/report/mail/0", "/report/junit"]),
            (#"{"male": []}"#, ["/report/male"]),
        ]
    )
    func wrong(report: String, pointers: [String]) throws {
        let faults = #expect(throws: DocumentFaults.self) { try Self.read(report) }
        #expect(faults?.faults.map(\.pointer) == pointers)
    }

    @Test(
        "A receiver in a domain that is not mailed to is named with its place",
        arguments: [
            (["example.org"], ["/report/mail/1", "/report/mail/2", "/report/mail/3"]),
            (["example.org", "*.example.org"], ["/report/mail/2", "/report/mail/3"]),
            (["*"], []),
            ([], ["/report/mail/0", "/report/mail/1", "/report/mail/2", "/report/mail/3"]),
        ]
    )
    func otherDomains(domains: [String], pointers: [String]) throws {
        let report = #"{"mail": ["a@Example.ORG", "b@lab.example.org", "c@notexample.org", "d@example.org.evil"]}"#
        guard !pointers.isEmpty else {
            #expect(try Self.read(report, { $0.mailDomains = MailDomains(domains) }).report?.mail.count == 4)
            return
        }
        let faults = #expect(throws: DocumentFaults.self) {
            try Self.read(report) { $0.mailDomains = MailDomains(domains) }
        }
        #expect(faults?.faults.map(\.pointer) == pointers)
        #expect(faults?.faults.allSatisfy { $0.reason.contains("mail.allowed_domains") } == true)
        let copies = report.replacing("mail", with: "cc")
        let others = #expect(throws: DocumentFaults.self) {
            try Self.read(copies) { $0.mailDomains = MailDomains(domains) }
        }
        #expect(others?.faults.map(\.pointer) == pointers.map { $0.replacing("mail", with: "cc") })
    }

    @Test("There is a limit to receivers, and none are taken where there is no mail server")
    func limits() throws {
        let many = "[\((0..<4).map { "\"a\($0)@example.org\"" }.joined(separator: ","))]"
        let tooMany = #expect(throws: DocumentFaults.self) {
            try Self.read("{\"mail\": \(many)}") { $0.maximumReceivers = 3 }
        }
        #expect(tooMany?.faults.map(\.pointer) == ["/report/mail"])
        let nobody = #expect(throws: DocumentFaults.self) {
            try Self.read(#"{"mail": ["a@example.org"]}"#) { $0.canMail = false }
        }
        #expect(nobody?.faults.first?.reason.contains("mail.url") == true)
        let copy = #expect(throws: DocumentFaults.self) {
            try Self.read(#"{"cc": ["a@example.org"]}"#) { $0.canMail = false }
        }
        #expect(copy?.faults.map(\.pointer) == ["/report/cc"])
        #expect(try Self.read(#"{"mail": []}"#, { $0.canMail = false }).report == nil)
    }
}
