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
        #expect(try Self.read(#"{"mail": []}"#, { $0.canMail = false }).report == nil)
    }
}
