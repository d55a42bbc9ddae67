// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Forms of the dashboard")
struct FormTests {
    @Test("A form of another site, without the proof or with another's does nothing")
    func forged() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let browser = try await Browser(gateway, token: token)
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            let other = try await Browser(gateway, token: try await gateway.token())
            let others = try await other.proof(on: "/jobsets/\(id)")
            #expect(proof != others)
            let path = "/jobsets/\(id)/cancel"
            let own: String? = "own"
            let forgeries: [(String?, [String: String])] = [
                (own, [:]), (own, ["csrf": ""]), (own, ["csrf": others]), ("https://evil.example", ["csrf": proof]),
                ("null", ["csrf": proof]), (nil, ["csrf": proof]), ("\(browser.origin)0", ["csrf": proof]),
                ("https://evil.example", [:]),
            ]
            for (origin, fields) in forgeries {
                #expect(try await browser.post(path, fields, origin: origin).status == 403, "\(origin ?? "none")")
            }
            #expect(try await Browser(gateway).post(path, ["csrf": proof]).status == 303, "without a session")
            #expect(try await browser.get(path).status >= 400)
            // The cookie alone changes nothing by the API either.
            let api = try await browser.post("/api/v1\(path)", ["csrf": proof])
            #expect(api.status == 401)
            let status = try await gateway.store.jobset(id: try #require(UUID(uuidString: id)))
            #expect(status?.canceledAt == nil)
            #expect(try await Self.audited(gateway) == ["submit"])
        }
    }

    @Test("An open jobset is sealed, and ends")
    func seal() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(more: #", "open": true"#), token: token)
            try await gateway.end(id)
            let reading = try await Browser(gateway, token: try await gateway.token(can: [.read]))
            #expect(!(try await reading.get("/jobsets/\(id)").text.contains("no more jobs")))
            let browser = try await Browser(gateway, token: token)
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            let sealed = try await browser.post("/jobsets/\(id)/seal", ["csrf": proof])
            #expect(sealed.headers.first(name: "Location") == "/jobsets/\(id)?done=sealed")
            let page = try await browser.get("/jobsets/\(id)?done=sealed")
            #expect(page.text.contains("Sealed. It finishes"))
            #expect(!page.text.contains("Seal: no more jobs"))
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token).text("verdict") == "passed")
            #expect(try await Self.audited(gateway) == ["submit", "seal"])
        }
    }

    @Test("Jobs that are ticked in the list are canceled or retried, no others, and none if nothing is ticked")
    func ticked() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 5), token: token)
            try await gateway.end(id, positions: [0])
            let reading = try await Browser(gateway, token: try await gateway.token(can: [.read]))
            #expect(!(try await reading.get("/jobsets/\(id)").text.contains("type=\"checkbox\"")))
            let browser = try await Browser(gateway, token: token)
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            func boxes() async throws -> [String] {
                try await browser.get("/jobsets/\(id)").text.matches(of: /type="checkbox" name="job" value="(\d+)"/)
                    .map { String($0.output.1) }
            }
            #expect(try await boxes() == ["1", "2", "3", "4"])
            for fields in ["", "&job=", "&job=x", "&job=-1"] {
                let body = "csrf=\(proof)&select=jobs" + fields
                #expect(try await browser.post("/jobsets/\(id)/cancel", body: body).status == 400, "\(fields)")
            }
            let several = try await browser.post("/jobsets/\(id)/cancel", body: "csrf=\(proof)&job=1&job=2")
            #expect(several.status == 400, "a job's own page has one")
            let path = "/jobsets/\(id)/cancel"
            let canceled = try await browser.post(path, body: "csrf=\(proof)&select=jobs&job=1&job=3&reason=slow")
            #expect(canceled.headers.first(name: "Location") == "/jobsets/\(id)?done=canceled#jobs")
            let jobset = try gateway.uuid(id)
            let ended = try await gateway.store.jobs(of: jobset).filter { $0.outcome == .canceled }
            #expect(ended.map(\.position) == [1, 3])
            #expect(try await gateway.store.jobset(id: jobset)?.canceledAt == nil)
            try await gateway.end(id, positions: [2, 4])
            #expect(try await boxes() == ["0", "1", "2", "3", "4"])
            try await gateway.parts.postgres.execute("update delivery set state = 'delivered', ended_at = now()")
            try await gateway.store.storeReport(ArchivedReport([.text: "r"]), of: jobset, generation: 1)
            let retried = try await browser.post(
                "/jobsets/\(id)/retry",
                body: "csrf=\(proof)&select=jobs&job=1&job=4"
            )
            #expect(retried.headers.first(name: "Location") == "/jobsets/\(id)?done=retried#jobs", "\(retried.text)")
            #expect(try await gateway.store.jobs(of: jobset).filter { $0.state == .waiting }.map(\.position) == [1, 4])
        }
    }

    @Test("The reports of earlier generations stay, each with its own address")
    func generations() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let jobset = try #require(UUID(uuidString: id))
            for generation in 1...2 {
                if generation == 2 { _ = try await gateway.store.retryJobs(of: jobset, .all) }
                try await gateway.end(id)
                try await gateway.store.storeReport(
                    ArchivedReport([.text: "of \(generation)"]),
                    of: jobset,
                    generation: generation
                )
                try await gateway.parts.postgres.execute("update delivery set state = 'delivered', ended_at = now()")
            }
            let browser = try await Browser(gateway, token: token)
            let page = try await browser.get("/jobsets/\(id)")
            for generation in 1...2 {
                #expect(page.text.contains("/jobsets/\(id)/report?generation=\(generation)"))
                let report = try await browser.get("/jobsets/\(id)/report?generation=\(generation)")
                #expect(report.text.contains("of \(generation)"))
                let path = "/api/v1/jobsets/\(id)/report?format=text&generation=\(generation)"
                #expect(try await gateway.ask(.GET, path, token: token).text == "of \(generation)")
            }
            #expect(try await browser.get("/jobsets/\(id)/report").text.contains("of 2"))
            #expect(try await browser.get("/jobsets/\(id)/report?generation=3").status == 404)
            let none = "/api/v1/jobsets/\(id)/report?generation=3"
            #expect(try await gateway.ask(.GET, none, token: token).status == 404)
        }
    }

    @Test("An address at which there is nothing is a page to a browser, and a problem to a program")
    func unknown() async throws {
        try await TestGateway.with { gateway in
            let browser = try await Browser(gateway, token: try await gateway.token())
            let accepts = ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"]
            let page = try await browser.get("/nowhere", headers: accepts)
            #expect(page.status == 404)
            #expect(page.headers.first(name: "Content-Type")?.hasPrefix("text/html") == true)
            #expect(page.text.contains("There is nothing at this address."))
            let program = try await browser.get("/nowhere")
            #expect(program.status == 404)
            #expect(program.headers.first(name: "Content-Type") == "application/problem+json")
            let api = try await browser.get("/api/v1/nowhere", headers: accepts)
            #expect(api.headers.first(name: "Content-Type") == "application/problem+json")
        }
    }

    @Test(
        "Nothing that stands in a form can end the gateway",
        arguments: ["token=%zz%", "%=&=%F", "a=\u{1}ü {}", "%00"]
    )
    func broken(body: String) async throws {
        try await TestGateway.with { gateway in
            let headers = ["Sec-Fetch-Site": "same-origin"]
            let type = "application/x-www-form-urlencoded"
            let answer = try await gateway.ask(.POST, "/login", body, type: type, headers: headers)
            #expect((400..<500).contains(answer.status))
            #expect(try await gateway.ask(.GET, "/login").status == 200)
        }
    }

    @Test("A jobset is canceled and retried, which is written down")
    func cancelAndRetry() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: token)
            let browser = try await Browser(gateway, token: token)
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            let one = try await browser.post(
                "/jobsets/\(id)/cancel",
                ["csrf": proof, "job": "1", "reason": "not this"]
            )
            #expect(one.headers.first(name: "Location") == "/jobsets/\(id)/jobs/1?done=canceled")
            let all = try await browser.post("/jobsets/\(id)/cancel", ["csrf": proof, "reason": "why <b>not</b>"])
            #expect(all.status == 303)
            let page = try await browser.get("/jobsets/\(id)?done=canceled")
            #expect(page.text.contains("why &lt;b&gt;not&lt;/b&gt; (t-"))
            #expect(page.text.contains("Canceled."))
            #expect(!page.text.contains("Cancel what is left"))
            try await gateway.parts.store.storeReport(
                ArchivedReport([.text: "all <i>was</i> canceled"]),
                of: try #require(UUID(uuidString: id)),
                generation: 1
            )
            try await gateway.parts.postgres.execute("update delivery set state = 'delivered', ended_at = now()")
            let retried = try await browser.post("/jobsets/\(id)/retry", ["csrf": proof, "select": "all"])
            #expect(retried.status == 303)
            #expect(try await browser.get("/jobsets/\(id)").text.contains("● running"))
            #expect(try await browser.get("/jobsets/\(id)/report").text.contains("all &lt;i&gt;was&lt;/i&gt; canceled"))
            #expect(try await browser.post("/jobsets/\(id)/retry", ["csrf": proof]).status == 409)
            #expect(try await Self.audited(gateway) == ["submit", "cancel", "cancel", "retry", "retry"])
        }
    }

    @Test("Who may not do a thing is not shown the button, and refused all the same")
    func abilities() async throws {
        try await TestGateway.with { gateway in
            let id = try await gateway.submit(TestGateway.document(), token: try await gateway.token())
            let browser = try await Browser(gateway, token: try await gateway.token(can: [.read]))
            let page = try await browser.get("/jobsets/\(id)")
            #expect(!page.text.contains("/cancel"))
            let proof = try await browser.proof(on: "/")
            #expect(try await browser.post("/jobsets/\(id)/cancel", ["csrf": proof]).status == 403)
            #expect(try await browser.post("/backends/lab-a/pause", ["csrf": proof]).status == 403)
            #expect(try await browser.post("/operations/dead/requeue", ["csrf": proof, "all": "yes"]).status == 403)
            // Labs are every project's: the ability for one project alone is not enough.
            let one = try await Browser(gateway, token: try await gateway.token(["g/p"]))
            let ones = try await one.proof(on: "/")
            #expect(try await one.post("/backends/lab-a/pause", ["csrf": ones]).status == 403)
            #expect(try await gateway.store.backendStatuses().allSatisfy { $0.state == .ok })
        }
    }

    @Test("A lab is paused and resumed")
    func pause() async throws {
        try await TestGateway.with { gateway in
            let browser = try await Browser(gateway, token: try await gateway.token(["*"]))
            let proof = try await browser.proof(on: "/backends/lab-a")
            let fields = ["csrf": proof, "reason": "new power supply"]
            #expect(try await browser.post("/backends/lab-a/pause", fields).status == 303)
            let page = try await browser.get("/backends/lab-a")
            #expect(page.text.contains("new power supply (t-"))
            #expect(page.text.contains("– paused"))
            #expect(try await browser.get("/").text.contains("new power supply"))
            #expect(try await browser.post("/backends/lab-a/resume", ["csrf": proof]).status == 303)
            #expect(try await gateway.store.backendStatuses().allSatisfy { $0.state == .ok })
            #expect(try await browser.post("/backends/lab-z/pause", fields).status == 404)
            #expect(try await Self.audited(gateway) == ["pause", "resume"])
        }
    }

    @Test("A delivery that was given up is sent again")
    func redeliver() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            try await gateway.end(id)
            let jobset = try #require(UUID(uuidString: id))
            try await gateway.parts.postgres.execute(
                "update delivery set state = 'failed', tries = 9, ended_at = now(), last_error = 'no <route>'"
            )
            let delivery = try #require(try await gateway.store.deliveries(of: jobset).first)
            let browser = try await Browser(gateway, token: token)
            let page = try await browser.get("/jobsets/\(id)")
            #expect(page.text.contains("no &lt;route&gt;"))
            #expect(page.text.contains("given up"))
            #expect(try await browser.get("/").text.contains("after 9 tries"))
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            let sent = try await browser.post("/deliveries/\(delivery.id.text)/redeliver", ["csrf": proof])
            #expect(sent.headers.first(name: "Location") == "/jobsets/\(id)?done=redelivered#deliveries")
            #expect(try await gateway.store.deliveries(of: jobset).first?.state == "due")
            let stranger = try await Browser(gateway, token: try await gateway.token(["g/other"]))
            let others = try await stranger.proof(on: "/")
            let refused = try await stranger.post("/deliveries/\(delivery.id.text)/redeliver", ["csrf": others])
            #expect(refused.status == 404)
        }
    }

    /// What was asked for, first to last.
    private static func audited(_ gateway: TestGateway) async throws -> [String] {
        try await gateway.parts.postgres.query("select action from audit order by id").map {
            try $0.decode(String.self)
        }
    }
}
