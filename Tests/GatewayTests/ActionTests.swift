// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Changing jobsets over HTTP")
struct ActionTests {
    @Test(
        "A key that stands twice in a request is refused by name",
        arguments: [
            (HTTPMethod.POST, "/cancel", #"{"jobs": [0], "jobs": [1]}"#, "/jobs"),
            (.PATCH, "", #"{"timeout": 1, "t\u0069meout": 2}"#, "/timeout"),
        ]
    )
    func repeatedKeys(method: HTTPMethod, path: String, body: String, pointer: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 2), token: token)
            let answer = try await gateway.ask(method, "/api/v1/jobsets/\(id)\(path)", token: token, body)
            #expect(answer.status == 400)
            let faults = try answer.json()["errors"] as? [[String: Any]]
            #expect(faults?.first?["pointer"] as? String == pointer)
            #expect(faults?.first?["reason"] as? String == "stands there more than once")
        }
    }

    @Test("An open jobset is added to, and sealed")
    func addAndSeal() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(more: #", "open": true"#), token: token)
            let path = "/api/v1/jobsets/\(id)"
            let jobs = #"{"jobs": [{"environment": "x", "backend": "lab-a", "definition": "a: 1"}]}"#
            let added = try await gateway.ask(.POST, "\(path)/jobs", token: token, jobs)
            #expect(added.status == 202)
            #expect(try added.number("added") == 1)
            #expect(try added.number("total") == 2)
            let again = try await gateway.ask(.POST, "\(path)/jobs", token: token, jobs)
            #expect(try again.number("added") == 0)
            #expect(try again.number("in_before") == 1)
            let named =
                #"{"jobset": "\#(id)", "jobs": [{"environment": "y", "backend": "lab-a", "definition": "b: 1"}]}"#
            #expect(try await gateway.ask(.POST, "\(path)/jobs", token: token, named).number("total") == 3)
            let keyed = ["Idempotency-Key": "addition 1"]
            for _ in 1...2 {
                let answer = try await gateway.ask(.POST, "\(path)/jobs", token: token, jobs, headers: keyed)
                #expect(try answer.number("total") == 4)
            }
            let conflict = try await gateway.ask(.POST, "\(path)/jobs", token: token, named, headers: keyed)
            #expect(conflict.status == 409)
            let wrong = #"{"jobset": "\#(UUID().uuidString)", "jobs": []}"#
            let refused = try await gateway.ask(.POST, "\(path)/jobs", token: token, wrong)
            #expect(refused.status == 400)
            #expect(try refused.pointers() == ["/jobset"])
            for text in ["x \(jobs)", "\"x\" \(jobs)", "\(jobs) {}", "[\(jobs)]"] {
                #expect(try await gateway.ask(.POST, "\(path)/jobs", token: token, text).status == 400)
            }
            let broken = try await gateway.ask(.POST, "\(path)/jobs", token: token, #"{"jobs": [1 2]}"#)
            #expect(broken.text.contains("line 1, column 13"))
            let sealed = try await gateway.ask(.POST, "\(path)/seal", token: token)
            #expect(sealed.status == 200)
            #expect(try sealed.json()["was_sealed"] as? Bool == false)
            let late = #"{"jobs": [{"environment": "z", "backend": "lab-a", "definition": "c: 1"}]}"#
            #expect(try await gateway.ask(.POST, "\(path)/jobs", token: token, late).status == 409)
        }
    }

    @Test("A jobset is canceled with a reason, which is signed")
    func cancel() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: token)
            let path = "/api/v1/jobsets/\(id)"
            let single = try await gateway.ask(.POST, "\(path)/cancel", token: token, #"{"jobs": [1]}"#)
            #expect(single.status == 202)
            #expect(try single.number("ended_now") == 1)
            let all = try await gateway.ask(.POST, "\(path)/cancel", token: token, #"{"reason": "superseded"}"#)
            #expect(try all.number("ended_now") == 2)
            let jobset = try await gateway.ask(.GET, path, token: token)
            #expect(try jobset.text("verdict") == "canceled")
            #expect(try jobset.text("canceled_reason")?.hasPrefix("superseded (t-") == true)
            #expect(try await gateway.ask(.POST, "\(path)/cancel", token: token).status == 409)
        }
    }

    @Test("A finished jobset is retried in a new generation")
    func retry() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: token)
            let path = "/api/v1/jobsets/\(id)/retry"
            #expect(try await gateway.ask(.POST, path, token: token).status == 409, "it runs")
            try await gateway.end(id, positions: [0], .incomplete)
            try await gateway.end(id, positions: [1, 2])
            try await gateway.store.client.execute("update delivery set state = 'delivered'")
            let retried = try await gateway.ask(.POST, path, token: token, #"{"select": "failed"}"#)
            #expect(retried.status == 202)
            #expect(try retried.number("generation") == 2)
            #expect(try retried.number("jobs") == 1)
        }
    }

    @Test("Limits and priority are changed while a jobset runs, and taken away")
    func change() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(can: [.read, .submit])
            let id = try await gateway.submit(TestGateway.document(jobs: 3), token: token)
            let path = "/api/v1/jobsets/\(id)"
            let all = #"{"max_failures": "10%", "priority": 90, "timeout": 3600}"#
            let changed = try await gateway.ask(.PATCH, path, token: token, all)
            #expect(changed.status == 200)
            #expect(try changed.text("max_failures") == "10%")
            #expect(try changed.number("priority") == 90)
            #expect(try changed.text("deadline") != nil)
            let less = try await gateway.ask(.PATCH, path, token: token, #"{"max_failures": 2, "timeout": null}"#)
            #expect(try less.text("max_failures") == "2")
            #expect(try less.number("priority") == 90)
            #expect(try less.text("deadline") == nil)
            let none = try await gateway.ask(.PATCH, path, token: token, #"{"max_failures": null}"#)
            #expect(try none.text("max_failures") == nil)
            for (body, pointer) in [
                (#"{"max_failures": -1}"#, "/max_failures"), (#"{"max_failures": "101%"}"#, "/max_failures"),
                (#"{"max_failures": true}"#, "/max_failures"), (#"{"priority": 101}"#, "/priority"),
                (#"{"priority": null}"#, "/priority"), (#"{"timeout": 0}"#, "/timeout"),
                (#"{"timeout": "1"}"#, "/timeout"), (#"{"build": "/g/p/2"}"#, "/build"),
            ] {
                let answer = try await gateway.ask(.PATCH, path, token: token, body)
                #expect(answer.status == 400, "\(body)")
                #expect(try answer.pointers() == [pointer], "\(body)")
            }
            let reader = try await gateway.token(can: [.read])
            #expect(try await gateway.ask(.PATCH, path, token: reader, all).status == 403)
            try await gateway.end(id)
            #expect(try await gateway.ask(.PATCH, path, token: token, all).status == 409)
        }
    }

    @Test("What was added to a jobset is listed by its keys, in pages")
    func additions() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(more: #", "open": true"#), token: token)
            let keys = (1...3).map { _ in UUID().uuidString.lowercased() }
            for key in keys {
                let job = #"{"jobs": [{"environment": "x", "backend": "lab-a", "definition": "a: \"\#(key)\""}]}"#
                let headers = ["Idempotency-Key": key]
                let path = "/api/v1/jobsets/\(id)/jobs"
                #expect(try await gateway.ask(.POST, path, token: token, job, headers: headers).status == 202)
            }
            let path = "/api/v1/jobsets/\(id)/additions?limit=2"
            let first = try await gateway.ask(.GET, path, token: token)
            let cursor = try #require(try first.text("next_cursor"))
            let rest = try await gateway.ask(.GET, "\(path)&cursor=\(cursor)", token: token)
            let found = try (first.items() + rest.items()).compactMap { $0["id"] as? String }
            #expect(found == keys.sorted())
        }
    }

    @Test("Deliveries are made again, one by one or all that were given up, and their tries are shown")
    func redeliver() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(can: [.read, .submit, .redeliver])
            let document = TestGateway.document(more: #", "callback_url": "https://example.org/x""#)
            let id = try await gateway.submit(document, token: token)
            try await gateway.end(id)
            let path = "/api/v1/jobsets/\(id)"
            let deliveries = try await gateway.ask(.GET, "\(path)/deliveries", token: token).items()
            let delivery = try #require(deliveries.first { $0["kind"] as? String == "callback" }?["id"] as? String)
            let client = gateway.store.client
            try await client.execute("update delivery set state = 'failed', ended_at = now() where kind = 'callback'")
            try await client.execute(
                """
                insert into delivery_try (delivery_id, number, started_at, milliseconds, status, error)
                values (\(UUID(uuidString: delivery)), 1, now(), 12, 503, 'refused')
                """
            )
            let tries = try await gateway.ask(.GET, "/api/v1/deliveries/\(delivery)/tries", token: token).items()
            #expect(tries.first?["status"] as? Int == 503)
            let all = try await gateway.ask(.POST, "\(path)/redeliver", token: token)
            #expect(all.status == 202)
            #expect(try all.items().compactMap { $0["id"] as? String } == [delivery])
            #expect(try await gateway.ask(.POST, "\(path)/redeliver", token: token).items().isEmpty)
            let one = try await gateway.ask(.POST, "/api/v1/deliveries/\(delivery)/redeliver", token: token)
            #expect(one.status == 202)
            #expect(try one.text("id") == delivery)
            let stranger = try await gateway.token(["g/other"])
            for (method, place) in [(HTTPMethod.GET, "tries"), (.POST, "redeliver")] {
                let path = "/api/v1/deliveries/\(delivery)/\(place)"
                #expect(try await gateway.ask(method, path, token: stranger).status == 404)
                let nothing = "/api/v1/deliveries/\(UUID().uuidString)/\(place)"
                #expect(try await gateway.ask(method, nothing, token: token).status == 404)
            }
            let reader = try await gateway.token(can: [.read])
            #expect(try await gateway.ask(.POST, "\(path)/redeliver", token: reader).status == 403)
        }
    }

    @Test(
        "A body that makes no sense is refused, and nothing is done",
        arguments: [
            ("cancel", #"{"reason": 1}"#, "/reason"), ("cancel", #"{"jobs": []}"#, "/jobs"),
            ("cancel", #"{"jobs": [1.5]}"#, "/jobs"), ("cancel", #"{"jobs": [-1]}"#, "/jobs"),
            ("cancel", #"{"jobs": [true]}"#, "/jobs"), ("cancel", #"{"jobs": [99999999999999999999]}"#, "/jobs"),
            ("cancel", #"{"why/not~": 1}"#, "/why~1not~0"), ("cancel", "[]", ""), ("cancel", "{", ""),
            ("retry", #"{"select": "some"}"#, "/select"), ("retry", #"{"select": "all", "jobs": [1]}"#, "/select"),
            ("seal", #"{"now": true}"#, "/now"),
        ]
    )
    func badBodies(action: String, body: String, pointer: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(more: #", "open": true"#), token: token)
            let answer = try await gateway.ask(.POST, "/api/v1/jobsets/\(id)/\(action)", token: token, body)
            #expect(answer.status == 400)
            #expect(try answer.pointers() == [pointer])
            let jobset = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token)
            #expect(try jobset.number("pending") == 1)
            #expect(try jobset.json()["is_sealed"] as? Bool == false)
        }
    }

    @Test(
        "Addresses that name nothing",
        arguments: [
            "/api", "/api/v2/jobsets", "/api/v1/nothing", "/api/v1/jobsets/1", "/api/v1/jobsets/%00",
            "/api/v1/jobsets/../../etc/passwd", "/api/v1/jobsets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "/api/v1/jobsets/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "/api/v1/jobsets/6ba7b810-9dad-11d1-80b4-00c04fd430c8/jobs/0",
            "/api/v1/jobsets/'%20or%20''='",
        ]
    )
    func nothing(path: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let answer = try await gateway.ask(.GET, path, token: token)
            #expect(answer.status == 404)
            #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
        }
    }

    @Test("A wrong method is told from a wrong address")
    func methods() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let answer = try await gateway.ask(.DELETE, "/api/v1/jobsets", token: token)
            #expect(answer.status == 405)
            #expect(answer.headers.first(name: "Allow") == "GET, HEAD, POST")
        }
    }

    @Test("A definition is shown without its secrets")
    func definition() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let definition = #"job_name: x\nsecrets:\n  API_KEY: hunter2000\nnote: hunter2000 again\n"#
            let id = try await gateway.submit(TestGateway.document(definition: definition), token: token)
            let answer = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/jobs/0/definition", token: token)
            #expect(answer.status == 200)
            #expect(answer.text == "job_name: x\nsecrets: {'API_KEY': '<masked>'}\nnote: <masked> again\n")
        }
    }

    @Test("A report comes in the form that is asked for, once there is one")
    func report() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let path = "/api/v1/jobsets/\(id)/report"
            #expect(try await gateway.ask(.GET, path, token: token).status == 404)
            try await gateway.end(id)
            let report = ArchivedReport([
                .json: #"{"schema": "muster.report.v1"}"#, .text: "all is well", .html: "<p>well</p>",
            ])
            try await gateway.store.storeReport(report, of: try gateway.uuid(id), generation: 1)
            let cases: [(String?, String, Int)] = [
                (nil, "application/json", 200), ("*/*", "application/json", 200),
                ("text/plain", "text/plain; charset=utf-8", 200), ("text/*", "text/plain; charset=utf-8", 200),
                ("text/plain;q=0.5, application/json;q=0.4", "text/plain; charset=utf-8", 200),
                ("text/html, */*;q=0.1", "text/html; charset=utf-8", 200),
                ("image/png", "application/problem+json", 406),
                ("text/plain;q=0, application/json;q=0", "application/problem+json", 406),
            ]
            for (accept, type, status) in cases {
                let headers = accept.map { ["Accept": $0] } ?? [:]
                let answer = try await gateway.ask(.GET, path, token: token, headers: headers)
                #expect(answer.status == status, "\(accept ?? "none")")
                #expect(answer.headers.first(name: "Content-Type") == type, "\(accept ?? "none")")
            }
            #expect(try await gateway.ask(.GET, "\(path)?format=text", token: token).text == "all is well")
            #expect(try await gateway.ask(.GET, "\(path)?format=pdf", token: token).status == 400)
            let page = try await gateway.ask(.GET, "\(path)?format=html", token: token)
            let policy = page.headers.first(name: "Content-Security-Policy") ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("style-src 'unsafe-inline'"))
            // It was made before there was this form.
            #expect(try await gateway.ask(.GET, "\(path)?format=junit", token: token).status == 404)
        }
    }
}
