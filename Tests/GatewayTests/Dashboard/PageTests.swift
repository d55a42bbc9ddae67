// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Pages of the dashboard")
struct PageTests {
    @Test("A jobset's page tells how far it is, of each environment and of each job")
    func jobset() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let document = TestGateway.document(jobs: 4, more: #", "labels": {"branch": "<main>"}"#)
            let id = try await gateway.submit(document, token: token)
            try await gateway.end(id, positions: [0])
            try await gateway.end(id, positions: [1], .incomplete)
            let browser = try await Browser(gateway, token: token)
            let page = try await browser.get("/jobsets/\(id)")
            #expect(page.status == 200)
            for text in [
                "1 passed, 1 missing, 2 waiting", "branch: &lt;main&gt;", "env-3", "no board", "3 passed",
                "data-events=\"/api/v1/jobsets/\(id)/events\"", "2 of 4 jobs ended",
            ] {
                #expect(page.text.contains(text), "\(text)")
            }
            let failed = try await browser.get("/jobsets/\(id)?show=failed")
            #expect(Self.jobs(failed) == [1])
            #expect(Self.jobs(try await browser.get("/jobsets/\(id)?show=passed")) == [0])
            #expect(Self.jobs(try await browser.get("/jobsets/\(id)?show=waiting")) == [2, 3])
            #expect(Self.jobs(try await browser.get("/jobsets/\(id)?environment=env-2")) == [2])
            #expect(Self.jobs(try await browser.get("/jobsets/\(id)?environment=%22%3E%3Cb%3E&from=x")) == [])
            #expect(try await browser.get("/jobsets/\(id)/jobs/1").text.contains("no board"))
            #expect(try await browser.get("/jobsets/\(id)/jobs/4").status == 404)
            #expect(try await browser.get("/jobsets/nonsense").status == 404)
            let overview = try await browser.get("/")
            #expect(overview.text.contains("2 / 4"))
            try await gateway.end(id, positions: [2, 3])
            let project = try await browser.get("/projects/g/p")
            #expect(project.text.contains("! incomplete"))
            #expect(try await browser.get("/jobsets/\(id)").text.contains("data-events") == false)
        }
    }

    @Test("The page of a finished jobset has its report in place, with all its forms")
    func reportInPlace() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 2), token: token)
            try await gateway.end(id)
            let browser = try await Browser(gateway, token: token)
            #expect(try await browser.get("/jobsets/\(id)").text.contains("aria-label=\"Report\"") == false)
            let lines = (1...70).map { "line \($0) & <b>" }
            let text = "1.0 passed: all of it.\n" + lines.joined(separator: "\n")
            try await gateway.store.storeReport(ArchivedReport([.text: text]), of: gateway.uuid(id), generation: 1)
            let page = try await browser.get("/jobsets/\(id)").text
            #expect(page.contains("1.0 passed: all of it.\nline 1 &amp; &lt;b&gt;"))
            #expect(page.contains("line 59 ") && !page.contains("line 60 ") && page.contains("The whole report"))
            for format in ["html", "json", "junit"] {
                #expect(page.contains("/api/v1/jobsets/\(id)/report?format=\(format)"))
            }
            // What is wrong comes first.
            let places = ["id=\"report\"", ">Environments<", ">About<", "id=\"jobs\""].compactMap {
                page.range(of: $0)?.lowerBound
            }
            #expect(places.count == 4 && places == places.sorted())
        }
    }

    @Test("The page of a running jobset has the tests that have failed so far, with their jobs")
    func failedSoFar() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 2), token: token)
            let browser = try await Browser(gateway, token: token)
            #expect(try await browser.get("/jobsets/\(id)").text.contains("Failed so far") == false)
            try await Self.fill(gateway, results: 30)
            try await gateway.parts.postgres.execute("update result set status = 'fail' where position >= 5")
            try await gateway.parts.postgres.execute(
                """
                delete from result using lab_job, attempt, job
                where lab_job.id = result.lab_job_id and attempt.id = lab_job.attempt_id and job.id = attempt.job_id
                    and job.position = 0
                """
            )
            let ends = try await gateway.store.jobs(of: gateway.uuid(id)).filter { $0.position == 1 }.map { job in
                JobEnd(
                    jobID: job.id,
                    outcome: .complete,
                    reason: nil,
                    tests: TestCounts(pass: 5, fail: 25, skip: 0, unknown: 0)
                )
            }
            _ = try await gateway.store.finishJobs(ends)
            let page = try await browser.get("/jobsets/\(id)").text
            #expect(page.contains("Failed so far") && page.contains("the first 20 of 25"))
            #expect(page.contains("suite/test-5<") && !page.contains("suite/test-4<"))
            let jobs = page.matches(of: #/<td class="break" data-label="Job"><a href="/jobsets/[^"]+/jobs/1"/#)
            #expect(jobs.count == 20)
        }
    }

    @Test("A job's page has its attempts, its lab jobs and its results, a page at a time")
    func job() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            try await Self.fill(gateway, results: 450)
            let browser = try await Browser(gateway, token: token)
            var path: String? = "/jobsets/\(id)/jobs/0"
            var seen: [String] = []
            while let next = path, seen.count < 1_000 {
                let page = try await browser.get(next)
                #expect(page.text.contains("href=\"https://lava.example.org/scheduler/job/4711\""))
                #expect(page.text.contains("qemu-&lt;01&gt;"))
                seen += page.text.matches(of: /test-(\d+)</).map { String($0.output.1) }
                path = page.text.firstMatch(of: /href="([^"]+)" rel="next"/).map { String($0.output.1) }
            }
            #expect(seen == (0..<450).map { "\($0)" })
            let found = try await browser.get("/search?q=4711")
            #expect(found.text.contains("/jobsets/\(id)/jobs/0"))
            let backend = try await browser.get("/backends/lab-a")
            #expect(backend.status == 200)
        }
    }

    @Test("A build is found by its version, its project, its id and their beginnings, and nothing else is")
    func search() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let id = try await gateway.submit(TestGateway.document("/g/p/next-20261123"), token: token)
            let other = try await gateway.submit(TestGateway.document("/g/q/v_1"), token: token)
            let browser = try await Browser(gateway, token: token)
            for text in ["next-2026", "g/p", "/g/p/next", "g/p/next-20261123", "p", id, "\(id.prefix(6))"] {
                let page = try await browser.get("/search?q=\(text)")
                #expect(page.text.contains("/jobsets/\(id)"), "\(text)")
                #expect(!page.text.contains("/jobsets/\(other)"), "\(text)")
            }
            for text in [
                "xyz", "next%25", "v%25", "vX1", "g/p/v", "%00", "%3Cscript%3E", "-", "/", "////",
                "99999999999999999999",
            ] {
                let page = try await browser.get("/search?q=\(text)")
                #expect(page.status == 200, "\(text)")
                #expect(!page.text.contains("href=\"/jobsets/"), "\(text)")
                #expect(!page.text.contains("<script>"), "\(text)")
            }
        }
    }

    @Test("The operations page has queues, ages, workers, mismatches and dead letters, which are requeued")
    func operations() async throws {
        try await TestGateway.with(hasIngest: false) { gateway in
            let topology = gateway.parts.topology
            try await eventually("the queues to be there") { gateway.parts.publisher.isConnected }
            let headers = AMQPTable([
                ("x-muster-queue", .string(topology.jobsets)), ("x-muster-reason", .string("<b>bad</b> luck")),
            ])
            try await AMQPSession.withSession(configuration: gateway.parts.broker, logger: quietLogger) {
                for number in 1...2 {
                    let message = AMQPMessage(
                        body: Array("document \(number)".utf8),
                        properties: AMQPProperties(headers: headers, messageID: "m-\(number)")
                    )
                    try await $0.publish(message, exchange: topology.dead, routingKey: "")
                }
            }
            let browser = try await Browser(gateway, token: try await gateway.token(["*"]))
            try await eventually("the dead letters to be shown") {
                try await browser.get("/operations").text.contains("document 2")
            }
            try await gateway.parts.postgres.execute(
                """
                insert into job_hour select date_trunc('hour', now(), 'UTC'), 'lab-a', 'g', 'p', outcome, jobs, 0, 0, 0, 0
                from (values ('complete', 1200), ('lost', 3)) as ended (outcome, jobs)
                """
            )
            try await gateway.parts.postgres.execute(
                """
                insert into lab_load values ('lab-a', 41) on conflict (backend) do update set attempts = 41
                """
            )
            let page = try await browser.get("/operations")
            #expect(page.text.contains("41 in labs") && page.text.contains("lab-a: 41 in the lab, 0 waiting"))
            #expect(page.text.contains("top: 1,203 jobs an hour"))
            #expect(page.text.contains(#"<td class="num">1,203</td><td class="num">3</td>"#))
            #expect(page.text.contains("1,203 jobs ended in 24 hours, 3 not complete"))
            #expect(page.text.contains(#"class="fill-good"/>"#))
            for text in [topology.jobsets, "&lt;b&gt;bad&lt;/b&gt; luck", "no worker", "No mismatches."] {
                #expect(page.text.contains(text), "\(text)")
            }
            #expect(page.text.contains("gateway-tests") == false, "only what calls itself muster")
            let proof = try await browser.proof(on: "/operations")
            let key = try #require(page.text.firstMatch(of: /name="key" value="([0-9a-f]{16})"/))
            let one = try await browser.post("/operations/dead/requeue", ["csrf": proof, "key": String(key.output.1)])
            #expect(one.headers.first(name: "Location") == "/operations?done=requeued#dead")
            let all = try await browser.post("/operations/dead/requeue", ["csrf": proof, "all": "yes"])
            #expect(all.status == 303)
            try await eventually("both to be in their queue again") {
                try await AMQPSession.withSession(configuration: gateway.parts.broker, logger: quietLogger) {
                    try await $0.messageCount(topology.jobsets)?.messages == 2
                }
            }
            let none = try await browser.post("/operations/dead/requeue", ["csrf": proof, "all": "yes"])
            #expect(none.headers.first(name: "Location") == "/operations?done=unrequeued#dead")
        }
    }

    @Test("Pages may run their own script and nothing else, and their files are kept for ever")
    func headers() async throws {
        try await TestGateway.with(["public_projects": "[\"*\"]"]) { gateway in
            let browser = Browser(gateway)
            let page = try await browser.get("/")
            let policy = try #require(page.headers.first(name: "Content-Security-Policy"))
            #expect(policy.contains("default-src 'none'; style-src 'self'; script-src 'self'"))
            #expect(!policy.contains("unsafe"))
            #expect(page.headers.first(name: "Referrer-Policy") == "same-origin")
            #expect(page.headers.first(name: "Cache-Control") == "no-store")
            #expect(page.headers.first(name: "X-Content-Type-Options") == "nosniff")
            let files = page.text.matches(of: /"(\/assets\/[^"]+)"/).map { String($0.output.1) }
            #expect(files.count == 3)
            for file in files {
                let answer = try await browser.get(file)
                #expect(answer.status == 200)
                #expect(answer.headers.first(name: "Cache-Control")?.contains("immutable") == true)
                let tag = try #require(answer.headers.first(name: "ETag"))
                #expect(try await browser.get(file, headers: ["If-None-Match": tag]).status == 304)
                #expect(answer.body.count < 20_000)
            }
        }
    }

    /// The places of the jobs in a page's table.
    private static func jobs(_ page: Answer) -> [Int] {
        page.text.matches(of: #/<span class="reason">job (\d+)<\/span>/#).compactMap { Int($0.output.1) }
    }

    /// Brings the first job to its lab, and as many results back.
    static func fill(_ gateway: TestGateway, results: Int) async throws {
        let sql = gateway.parts.postgres
        try await sql.execute(
            """
            insert into attempt (id, job_id, number, backend, state, submitted_at)
            select gen_random_uuid(), id, 1, backend, 'submitted', now() from job
            """
        )
        try await sql.execute(
            """
            insert into lab_job (attempt_id, backend, number, state, device, lab_state)
            select id, backend, 4711, 'fetched', 'qemu-<01>', 'Running' from attempt
            """
        )
        try await sql.execute(
            """
            insert into result (lab_job_id, position, suite, suite_number, name, status)
            select lab_job.id, place, 'suite', 1, 'test-' || place, 'pass'
            from lab_job, generate_series(0, \(results - 1)) as place
            """
        )
    }
}
