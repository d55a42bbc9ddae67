// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@Suite("Known issues over HTTP")
struct KnownIssueTests {
    private static let path = "/api/v1/projects/g/p/known-issues"

    @Test("One is added, listed with those of the configuration, and removed, each by name in the audit")
    func life() async throws {
        let configured = #"{"old": {"suite": "ltp", "test": "a*", "reason": "broken", "expires": "2020-01-01"}}"#
        try await TestGateway.with(sections: ["projects": ["g/p": "{known_issues: \(configured)}"]]) { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submit(TestGateway.document(), token: token)
            let body = #"{"suite": "net", "reason": "no <cable>", "url": "https://bugs.example.org/1"}"#
            let added = try await gateway.ask(.POST, Self.path, token: token, body)
            #expect(added.status == 201, "\(added.text)")
            let issue = try added.json()
            let id = try #require(issue["id"] as? Int)
            #expect(issue["environment"] as? String == "*" && issue["test"] as? String == "*")
            let listed = try await gateway.ask(.GET, Self.path, token: token).items()
            #expect(listed.map { $0["suite"] as? String } == ["ltp", "net"])
            #expect(listed.map { $0["is_expired"] as? Bool } == [true, false])
            #expect(listed[0]["id"] == nil)

            let page = try await Browser(gateway, token: token).get("/projects/g/p").text
            #expect(page.contains("no &lt;cable&gt;") && page.contains("https://bugs.example.org/1"))
            #expect(page.contains("expired 2020-01-01"))
            let removed = try await gateway.ask(.DELETE, "\(Self.path)/\(id)", token: token)
            #expect(removed.status == 200)
            #expect(try await gateway.ask(.DELETE, "\(Self.path)/\(id)", token: token).status == 404)
            #expect(try await gateway.ask(.DELETE, "\(Self.path)/99999999999999999999", token: token).status == 404)
            let actions = try await gateway.store.audit(AuditFilter(), limit: 9).map(\.action)
            #expect(actions.prefix(3) == ["remove known issue", "remove known issue", "add known issue"])
        }
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            (#"{}"#, ["/test", "/reason"]), (#"{"suite": "a"}"#, ["/reason"]),
            (#"{"suite": "a", "reason": "r", "url": "ftp://x"}"#, ["/url"]),
            (#"{"suite": "a", "reason": "r", "expires": "tomorrow", "urgent": true}"#, ["/expires", "/urgent"]),
            (#"{"suite": 7, "reason": "r", "test": "t"}"#, ["/suite"]),
        ]
    )
    func faults(body: String, pointers: [String]) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let answer = try await gateway.ask(.POST, Self.path, token: token, body)
            #expect(answer.status == 400)
            #expect(Set(try answer.pointers()) == Set(pointers), "\(answer.text)")
        }
    }

    @Test("A form adds one and removes it, and tells what is wrong")
    func forms() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submit(TestGateway.document(), token: token)
            let browser = try await Browser(gateway, token: token)
            let proof = try await browser.proof(on: "/projects/g/p")
            let fields = [
                "csrf": proof, "environment": "*", "suite": "ltp", "test": "*", "reason": "known", "expires": "",
            ]
            let added = try await browser.post("/projects/g/p/known-issues", fields)
            #expect(added.status == 303)
            let issue = try #require(try await gateway.store.knownIssues(of: "g", "p").first)
            #expect(issue.suite == "ltp" && issue.expires == nil && issue.createdBy?.isEmpty == false)
            let wrong = try await browser.post(
                "/projects/g/p/known-issues",
                fields.merging(["url": "javascript:alert(1)"]) { $1 }
            )
            #expect(wrong.status == 400 && wrong.text.contains("must be a URL"))
            let path = "/projects/g/p/known-issues/\(try #require(issue.id))/remove"
            #expect(try await browser.post(path, ["csrf": proof]).status == 303)
            #expect(try await gateway.store.knownIssues(of: "g", "p").isEmpty)
            let reading = try await Browser(gateway, token: try await gateway.token(can: [.read]))
            #expect(!(try await reading.get("/projects/g/p").text.contains("Add known issue")))
        }
    }
}
