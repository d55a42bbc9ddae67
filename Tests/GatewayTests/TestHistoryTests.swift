// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("The history of a test over HTTP")
struct TestHistoryTests {
    private static let path = "/api/v1/projects/g/p/test-history"

    @Test("It is given by API and page, and linked from a job's results")
    func life() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            try await PageTests.fill(gateway, results: 3)
            try await gateway.parts.postgres.execute(
                "update result set status = 'fail', name = 'a/b <c> & d' where position = 1"
            )
            try await gateway.end(id)
            while try await gateway.store.recordHistory() {}
            let answer = try await gateway.ask(
                .GET,
                "\(Self.path)?suite=suite&test=a%2Fb%20%3Cc%3E%20%26%20d",
                token: token
            )
            let history = try answer.json()
            #expect(history["suite"] as? String == "suite" && history["test"] as? String == "a/b <c> & d")
            let environments = try #require(history["environments"] as? [[String: Any]])
            #expect(environments.first?["failed"] as? Int == 1 && environments.first?["ran"] as? Int == 1)
            let run = try #require((environments.first?["jobsets"] as? [[String: Any]])?.first)
            #expect(run["id"] as? String == id.lowercased() && run["status"] as? String == "fail")

            let browser = try await Browser(gateway, token: token)
            let job = try await browser.get("/jobsets/\(id)/jobs/0").text
            let link = "/projects/g/p/test?suite=suite&amp;test=a%2Fb%20%3Cc%3E%20%26%20d"
            #expect(job.contains("href=\"\(link)\""), "\(job)")
            let page = try await browser.get(link.replacing("&amp;", with: "&"))
            #expect(page.status == 200 && page.text.contains("a/b &lt;c&gt; &amp; d"))
            #expect(page.text.contains("1 of 1") && page.text.contains("href=\"/jobsets/\(id.lowercased())\""))
            let none = try await browser.get("/projects/g/p/test?suite=suite&test=other").text
            #expect(none.contains("0 of 0") && none.contains("not run"))
        }
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            ("", ["?suite", "?test"]), ("?suite=a&test=", ["?test"]), ("?suite=a&test=b&limit=101", ["?limit"]),
            ("?suite=a&test=b&limit=0&until=x", ["?limit", "?until"]),
        ]
    )
    func faults(query: String, pointers: [String]) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let answer = try await gateway.ask(.GET, Self.path + query, token: token)
            #expect(answer.status == 400)
            #expect(Set(try answer.pointers()) == Set(pointers), "\(answer.text)")
        }
    }
}
