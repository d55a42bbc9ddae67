// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Builds and test jobs at SQUAD's addresses", .timeLimit(.minutes(10)))
struct SQUADBuildTests {
    @Test("Test jobs say how they ended, with LAVA's words, and lists have pages")
    func testJobs() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            for number in 0..<3 { _ = try await gateway.submitJob("env-\(number)", token: token) }
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first?.id)
            try await gateway.end(jobset.text, positions: [0])
            try await gateway.end(jobset.text, positions: [1], .lost)
            let first = try await gateway.ask(.GET, "/api/testjobs/1/", token: token).json()
            #expect(first["job_status"] as? String == "Complete")
            #expect(first["fetched"] as? Bool == true)
            let second = try await gateway.ask(.GET, "/api/testjobs/2/", token: token).json()
            #expect(second["job_status"] as? String == "Incomplete")
            #expect(second["failure"] as? String == "no board")
            #expect(second["can_resubmit"] as? Bool == true)
            let page = try await gateway.ask(.GET, "/api/builds/1/testjobs/?limit=2", token: token).json()
            #expect(page["count"] as? Int == 3)
            let next = try #require(page["next"] as? String)
            #expect(next.hasPrefix("http://127.0.0.1:\(gateway.port)/api/builds/1/testjobs/?"))
            let rest = try await gateway.ask(.GET, "/api/builds/1/testjobs/?limit=2&offset=2", token: token).json()
            #expect((rest["results"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } == [1])
            let summary = try await gateway.ask(.GET, "/api/builds/1/testjobs_summary/", token: token).json()
            #expect(summary["results"] as? [String: Int] == ["Complete": 1, "Incomplete": 1, "null": 1])
        }
    }

    @Test("A job that has failed is sent out again once its build has come back, under the same number")
    func resubmit() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            for name in ["good", "bad"] { _ = try await gateway.submitJob(name, token: token) }
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first?.id)
            try await gateway.end(jobset.text, positions: [0])
            try await gateway.end(jobset.text, positions: [1], .incomplete)
            let early = try await gateway.form("/api/resubmit/2", "", token: token)
            #expect(early.status == 403)
            #expect(early.text.contains("has not finished"))
            _ = try await gateway.form("/api/builds/1/seal/", "", token: token)
            // A notifier would make the report that a retry waits for.
            try await gateway.store.client.execute("update delivery set state = 'delivered'")
            #expect(try await gateway.form("/api/resubmit/1", "", token: token).status == 403)
            #expect(try await gateway.form("/api/resubmit/2/", "", token: token).status == 201)
            #expect(try await gateway.store.jobset(id: jobset)?.generation == 2)
            try await gateway.end(jobset.text, positions: [1])
            try await gateway.store.client.execute("update delivery set state = 'delivered'")
            let forced = try await gateway.form("/api/testjobs/1/force_resubmit/", "", token: token)
            #expect(try forced.text("message") == "OK")
            #expect(try await gateway.store.jobset(id: jobset)?.generation == 3)
            let reader = try await gateway.token(can: [.read])
            #expect(try await gateway.form("/api/resubmit/2", "", token: reader).status == 401)
        }
    }

    @Test("A canceled build is canceled and sealed")
    func cancel() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            for number in 0..<3 { _ = try await gateway.submitJob("env-\(number)", token: token) }
            #expect(try await gateway.form("/api/testjobs/1/cancel/", "", token: token).text("status") == "Canceled")
            let canceled = try await gateway.form("/api/builds/1/cancel/", "", token: token)
            #expect(try canceled.number("count") == 2)
            #expect(try await gateway.status(token: token)["muster_verdict"] as? String == "canceled")
            #expect(try await gateway.form("/api/builds/1/cancel/", "", token: token).number("count") == 0)
        }
    }

    @Test("A callback that is registered after the end is told of it")
    func lateCallback() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submitJob("e", token: token)
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first?.id)
            try await gateway.end(jobset.text)
            _ = try await gateway.form("/api/builds/1/seal/", "", token: token)
            let hook = "callback_url=https%3A%2F%2Fci.example.org%2Fhook"
            for _ in 0..<2 {
                #expect(try await gateway.form("/api/builds/1/callbacks/", hook, token: token).status == 202)
            }
            let told = try await gateway.store.deliveries(of: jobset).filter { $0.kind == "callback" }
            #expect(told.map(\.receiver.reveal) == ["https://ci.example.org/hook"])
            let other = try await gateway.form("/api/builds/1/callbacks/", hook + "2", token: token)
            #expect(other.status == 400)
            #expect(try other.text("message")?.contains("another callback") == true)
            let bad = try await gateway.form("/api/builds/1/callbacks/", hook + "&callback_headers=x", token: token)
            #expect(bad.status == 400)
        }
    }

    @Test("A build that has come back is declared again with another callback or number of jobs: another jobset")
    func declaredAgain() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let hook = "callback_url=https%3A%2F%2Fci.example.org%2F"
            _ = try await gateway.form("/api/createbuild/g/p/1", hook + "1", token: token)
            _ = try await gateway.form("/api/sealbuild/g/p/1", "", token: token)
            for fields in [hook + "1", "", "patch_id=17"] {
                #expect(try await gateway.form("/api/createbuild/g/p/1", fields, token: token).status == 201)
                #expect(try await gateway.store.jobsets(JobsetFilter()).count == 1)
            }
            #expect(try await gateway.form("/api/createbuild/g/p/1", hook + "2", token: token).status == 201)
            let jobsets = try await gateway.store.jobsets(JobsetFilter())
            #expect(
                jobsets.compactMap { $0.callbackURL?.reveal } == [
                    "https://ci.example.org/2", "https://ci.example.org/1",
                ]
            )
        }
    }

    @Test("Jobs that came into the jobset in another way have numbers too, and keep them")
    func otherWay() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submitJob("first", token: token)
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first?.id.text)
            let jobs = #"{"jobs": [{"environment": "x", "backend": "lab-a", "definition": "a: 1"}]}"#
            #expect(try await gateway.ask(.POST, "/api/v1/jobsets/\(jobset)/jobs", token: token, jobs).status == 202)
            for _ in 0..<2 {
                let page = try await gateway.ask(.GET, "/api/builds/1/testjobs/", token: token).json()
                let found = page["results"] as? [[String: Any]] ?? []
                #expect(found.compactMap { $0["environment"] as? String } == ["x", "first"])
                #expect(found.compactMap { $0["id"] as? Int } == [2, 1])
            }
        }
    }

    @Test("What a token may not see is not there, in lists neither")
    func access() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submitJob("e", token: token)
            let stranger = try await gateway.token(["g/other"])
            for path in [
                "builds/1/", "builds/1/status/", "builds/1/testjobs/", "testjobs/1/", "testjobs/1/definition/",
            ] {
                #expect(try await gateway.ask(.GET, "/api/\(path)", token: stranger).status == 404, "\(path)")
                #expect(try await gateway.ask(.GET, "/api/\(path)").status == 401, "\(path)")
                #expect(try await gateway.ask(.GET, "/api/\(path)", token: token).status == 200, "\(path)")
            }
            for path in ["builds/1/cancel/", "builds/1/seal/", "builds/1/callbacks/", "testjobs/1/cancel/"] {
                #expect(try await gateway.form("/api/\(path)", "", token: stranger).status == 404, "\(path)")
            }
            for list in ["groups", "projects", "builds"] {
                let seen = try await gateway.ask(.GET, "/api/\(list)/", token: stranger).json()
                #expect(seen["count"] as? Int == 0, "\(list)")
                #expect(try await gateway.ask(.GET, "/api/\(list)/", token: token).json()["count"] as? Int == 1)
            }
            // Who may submit finds the way to what it has submitted.
            let submitter = try await gateway.token(can: [.submit])
            let groups = try await gateway.ask(.GET, "/api/groups/?slug=g", token: submitter).json()
            #expect(groups["count"] as? Int == 1)
            #expect(try await gateway.ask(.GET, "/api/testjobs/1/", token: submitter).status == 200)
            // What others have written is another matter.
            #expect(try await gateway.ask(.GET, "/api/testjobs/1/definition/", token: submitter).status == 404)
            let unknown = try await gateway.ask(.GET, "/api/builds/?version__startswith=1", token: token)
            #expect(unknown.status == 400)
        }
    }

    @Test("What is secret in a definition is not shown")
    func secrets() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let form = "backend=lab-a&definition=secrets%3A%0A++key%3A+open-sesame%0A"
            #expect(try await gateway.form("/api/submitjob/g/p/1/e", form, token: token).status == 201)
            let shown = try await gateway.ask(.GET, "/api/testjobs/1/definition/", token: token)
            #expect(shown.text.contains("<masked>"))
            #expect(!shown.text.contains("sesame"))
        }
    }
}
