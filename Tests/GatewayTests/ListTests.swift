// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Lists over HTTP")
struct ListTests {
    @Test("Each filter keeps what it says and drops the rest")
    func filters() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let first = try await gateway.submit(
                TestGateway.document("/g/p/1", jobs: 2, more: #", "labels": {"branch": "main", "os": "linux"}"#),
                token: token
            )
            let second = try await gateway.submit(TestGateway.document("/g/q/2", backend: "lab-b"), token: token)
            try await gateway.end(second, .incomplete)
            let both = [second, first]
            let cases: [(String, [String])] = [
                ("", both), ("group=g", both), ("group=x", []), ("project=p", [first]), ("build=2", [second]),
                ("state=running", [first]), ("state=finished", [second]), ("verdict=incomplete", [second]),
                ("verdict=passed", []), ("backend=lab-b", [second]), ("environment=env-1", [first]),
                ("label=branch=main", [first]), ("label=branch=main&label=os=linux", [first]),
                ("label=branch=main&label=os=bsd", []), ("created_after=2020-01-01T00:00:00Z", both),
                ("created_before=2020-01-01T00:00:00Z", []), ("group=g&state=finished&verdict=passed", []),
                // Text is text, whatever it looks like.
                ("group=' or '1'='1", []), ("project=%25", []), ("environment=<script>", []),
                ("label=branch='%3B drop table jobset%3B --", []),
            ]
            for (query, expected) in cases {
                let path = "/api/v1/jobsets?" + query.replacing(" ", with: "%20").replacing("<", with: "%3C")
                let answer = try await gateway.ask(.GET, path, token: token)
                #expect(try answer.items().compactMap { $0["id"] as? String } == expected, "\(query)")
            }
        }
    }

    @Test(
        "Parameters that nobody knows, and values that make no sense, are refused by name",
        arguments: [
            ("colour=red", "?colour"), ("state=sleeping", "?state"), ("limit=0", "?limit"), ("limit=1000", "?limit"),
            ("limit=x", "?limit"), ("cursor=nonsense", "?cursor"), ("cursor=MS4y", "?cursor"),
            ("created_after=yesterday", "?created_after"), ("label=x", "?label"), ("group=a&group=b", "?group"),
            ("wait=1", "?wait"), ("group=%00", "?group"), ("created_after=2026-02-30T00:00:00Z", "?created_after"),
            ("created_after=2026-11-29T24:00:00Z", "?created_after"),
            ("created_before=2025-02-29T12:00:00.5%2B02:00", "?created_before"),
        ]
    )
    func badParameters(query: String, pointer: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let answer = try await gateway.ask(.GET, "/api/v1/jobsets?\(query)", token: token)
            #expect(answer.status == 400)
            #expect(try answer.pointers() == [pointer])
        }
    }

    @Test("Pages hold each jobset once, whatever comes in while they are read")
    func paging() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            var ids: [String] = []
            for number in 0..<7 {
                ids.insert(try await gateway.submit(TestGateway.document("/g/p/\(number)"), token: token), at: 0)
            }
            var seen: [String] = []
            var path: String? = "/api/v1/jobsets?limit=2&group=g"
            while let next = path {
                let answer = try await gateway.ask(.GET, next, token: token)
                seen += try answer.items().compactMap { $0["id"] as? String }
                _ = try await gateway.submit(TestGateway.document("/g/p/late-\(seen.count)"), token: token)
                path = answer.headers.first(name: "Link").flatMap { link in
                    link.split(separator: ">").first.map { String($0.dropFirst()) }
                }
                if let cursor = try answer.text("next_cursor") { #expect(path?.contains(cursor) == true) }
                #expect((path == nil) == (try answer.text("next_cursor") == nil))
            }
            #expect(seen == ids)
        }
    }

    @Test("Jobs and results come in pages too")
    func jobsAndResults() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(jobs: 5), token: token)
            try await gateway.end(id, positions: [1, 3], .incomplete)
            var places: [Int] = []
            var cursor: String? = ""
            while let at = cursor {
                let path = "/api/v1/jobsets/\(id)/jobs?limit=2" + (at.isEmpty ? "" : "&cursor=\(at)")
                let answer = try await gateway.ask(.GET, path, token: token)
                places += try answer.items().compactMap { $0["position"] as? Int }
                cursor = try answer.text("next_cursor")
            }
            #expect(places == [0, 1, 2, 3, 4])
            let ended = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/jobs?outcome=incomplete", token: token)
            #expect(try ended.items().compactMap { $0["position"] as? Int } == [1, 3])
            try await gateway.insertResults(of: id, position: 0, count: 5)
            var names: [String] = []
            cursor = ""
            while let at = cursor {
                let path = "/api/v1/jobsets/\(id)/results?limit=2" + (at.isEmpty ? "" : "&cursor=\(at)")
                let answer = try await gateway.ask(.GET, path, token: token)
                names += try answer.items().compactMap { $0["name"] as? String }
                cursor = try answer.text("next_cursor")
            }
            #expect(names == ["case-0", "case-1", "case-2", "case-3", "case-4"])
            let failed = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/results?status=fail", token: token)
            #expect(try failed.items().count == 2)
            let job = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/jobs/0", token: token)
            #expect((try job.json()["attempt_history"] as? [Any])?.count == 1)
            let attempts = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/jobs/0/attempts", token: token)
            #expect(try attempts.items().first?["number"] as? Int == 1)
        }
    }

    @Test("What a client has already is not sent again")
    func entityTags() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            for path in ["/api/v1/jobsets", "/api/v1/jobsets/\(id)", "/api/v1/jobsets/\(id)/jobs"] {
                let first = try await gateway.ask(.GET, path, token: token)
                let tag = try #require(first.headers.first(name: "ETag"))
                for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                    let again = try await gateway.ask(.GET, path, token: token, headers: ["If-None-Match": known])
                    #expect(again.status == 304)
                    #expect(again.body.isEmpty)
                }
                try await gateway.store.client.execute("update job set environment = environment || 'x'")
                try await gateway.store.client.execute("update jobset set priority = priority + 1")
                let changed = try await gateway.ask(.GET, path, token: token, headers: ["If-None-Match": tag])
                #expect(changed.status == 200)
            }
        }
    }
}

extension TestGateway {
    /// Stores test cases of a job's first attempt as a watcher would have; every second one has failed.
    func insertResults(of id: String, position: Int, count: Int) async throws {
        let attempt = UUID()
        guard let id = UUID(uuidString: id) else { throw NeverHappened(what: "an id") }
        try await store.client.execute(
            """
            with attempt as (
                insert into attempt (id, job_id, number, backend, state)
                select \(attempt), id, 1, backend, 'submitted' from job
                where jobset_id = \(id) and position = \(position) returning id, backend
            ), lab as (
                insert into lab_job (attempt_id, backend, number, state)
                select id, backend, 7, 'fetched' from attempt returning id
            )
            insert into result (lab_job_id, position, suite, suite_number, name, status)
            select lab.id, n, 'suite', 1, 'case-' || n, case when n % 2 = 1 then 'fail' else 'pass' end
            from lab, generate_series(0, \(count) - 1) as n
            """
        )
    }
}
