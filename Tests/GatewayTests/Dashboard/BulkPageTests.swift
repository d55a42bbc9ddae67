// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("The page of many jobsets")
struct BulkPageTests {
    @Test("What the preview shows is done by its form, once it is sent from there")
    func cancel() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let labels = #", "labels": {"branch": "a+b&c"}"#
            let id = try await gateway.submit(TestGateway.document("/g/p/1", jobs: 2, more: labels), token: token)
            let other = try await gateway.submit(TestGateway.document("/g/p/2"), token: token)
            let browser = try await Browser(gateway, token: token)
            #expect(try await browser.get("/projects/g/p").text.contains("/bulk?group=g&amp;project=p"))
            #expect(try await browser.get("/").text.contains(#"href="/bulk""#))
            let empty = try await browser.get("/bulk?group=g&project=p")
            #expect(empty.status == 200 && empty.text.contains(#"name="project" value="p""#))
            #expect(!empty.text.contains("Preview</h2>"))
            // As a browser sends it, with the fields that were left empty.
            let path = "/bulk?action=cancel&group=&project=p&environment=&label=branch%3Da%2Bb%26c&created_after="
            let preview = try await browser.get(path)
            #expect(preview.text.contains("This would cancel 2 jobs of 1 jobset."), "\(preview.text)")
            #expect(preview.text.contains("/g/p/1") && !preview.text.contains("/g/p/2"))
            let match = try #require(preview.text.firstMatch(of: /action="(\/bulk\?[^"]*)"/))
            let deed = String(match.output.1).replacing("&amp;", with: "&")
            #expect(try await browser.post(deed, [:]).status == 403)
            #expect(try await gateway.store.jobset(id: gateway.uuid(id))?.canceledAt == nil)
            let proof = try await browser.proof(on: path)
            let done = try await browser.post(deed, ["csrf": proof, "reason": "<b>enough</b>"])
            #expect(done.status == 200 && done.text.contains("Canceled 2 jobs of 1 jobset."), "\(done.text)")
            #expect(try await gateway.store.jobset(id: gateway.uuid(id))?.canceledReason?.contains("<b>") == true)
            #expect(try await gateway.store.jobset(id: gateway.uuid(other))?.canceledAt == nil)
            #expect(try await browser.get(path).text.contains("No jobsets match."))
        }
    }

    @Test("What a person types with spaces is found, and what refuses is shown with the reason")
    func retry() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            for number in 1...2 {
                let id = try await gateway.submit(TestGateway.document("/g/p/\(number)"), token: token)
                try await gateway.end(id, .incomplete)
            }
            let store = gateway.store
            try await store.client.execute("update job set reason = 'There was no power' where state = 'finished'")
            try await store.client.execute("update delivery set state = 'delivered'")
            try await store.client.execute("update jobset set results_removed_at = now() where build_version = '2'")
            let browser = try await Browser(gateway, token: token)
            let path = "/bulk?action=retry&reason_contains=+No+power&group=g"
            let preview = try await browser.get(path).text
            #expect(preview.contains("This would re-run 1 job of 1 jobset. 1 jobset refused it."), "\(preview)")
            #expect(preview.contains("no longer kept") && preview.contains(">Re-run 1 jobset<"))
            let match = try #require(preview.firstMatch(of: /action="(\/bulk\?[^"]*)"/))
            let deed = String(match.output.1).replacing("&amp;", with: "&")
            let done = try await browser.post(deed, ["csrf": try await browser.proof(on: path)]).text
            #expect(done.contains("Re-ran 1 job of 1 jobset. 1 jobset refused it."), "\(done)")
        }
    }

    @Test("Whoever may only read sees no way to it, and is told so")
    func reader() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let reader = try await Browser(gateway, token: try await gateway.token(can: [.read]))
            for page in ["/", "/projects/g/p"] {
                #expect(!(try await reader.get(page).text.contains("/bulk")))
            }
            #expect(try await reader.get("/bulk?action=cancel&group=g").status == 403)
            let proof = try await reader.proof(on: "/")
            #expect(try await reader.post("/bulk?action=cancel&group=g", ["csrf": proof]).status == 403)
            #expect(try await Browser(gateway).get("/bulk").status == 303)
            #expect(try await gateway.store.jobset(id: gateway.uuid(id))?.canceledAt == nil)
        }
    }

    @Test("What is wrong with a field is said, and nothing is done without a filter")
    func wrong() async throws {
        try await TestGateway.with { gateway in
            let browser = try await Browser(gateway, token: try await gateway.token())
            for query in [
                "action=cancel", "action=cancel&group=", "action=drop&group=g", "group=g&action=retry&label=x",
            ] {
                #expect(try await browser.get("/bulk?\(query)").status == 400, "\(query)")
            }
        }
    }
}
