// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("The comparison of two builds", .timeLimit(.minutes(5)))
struct ComparisonPageTests {
    /// A finished build of one job in each of the environments.
    static func build(
        _ gateway: TestGateway,
        _ build: String,
        token: String,
        environments: [String] = ["qemu"],
        _ results: [(name: String, status: String, measurement: Double?)]
    ) async throws -> String {
        let jobs = environments.map {
            #"{"environment": "\#($0)", "name": "\#($0) \#(build.split(separator: "/")[2])", "backend": "lab-a", "definition": "device_type: sim"}"#
        }
        let id = try await gateway.submit(
            #"{"build": "\#(build)", "jobs": [\#(jobs.joined(separator: ","))]}"#,
            token: token
        )
        let uuid = try #require(UUID(uuidString: id))
        let sql = gateway.parts.postgres
        try await sql.execute(
            """
            with attempt as (
                insert into attempt (id, job_id, number, backend, state, outcome, submitted_at, ended_at)
                select gen_random_uuid(), id, 1, backend, 'ended', 'complete', now(), now() from job
                where jobset_id = \(uuid) returning *
            ), lab_job as (
                insert into lab_job (attempt_id, backend, number, state)
                select id, backend, abs(hashtext(id::text)), 'fetched' from attempt returning id
            )
            insert into result (lab_job_id, position, suite, suite_number, name, status, measurement, units)
            select id, place, 'ltp', 1, name, status, measurement, case when measurement is not null then 'ms' end
            from lab_job, unnest(
                \(results.map(\.name)), \(results.map(\.status)), \(results.map { $0.measurement ?? .nan })
            ) with ordinality as result (name, status, value, place),
                lateral (select nullif(value, 'NaN')::numeric as measurement) as measured
            """
        )
        try await gateway.end(id)
        return id
    }

    static let before: [(String, String, Double?)] = [
        ("breaks <b>", "pass", nil), ("mends", "fail", nil), ("bad", "fail", nil), ("goes", "pass", nil),
        ("boot-time", "pass", 10), ("size", "pass", 100), ("steady", "pass", 100),
    ]
    static let after: [(String, String, Double?)] = [
        ("breaks <b>", "fail", nil), ("mends", "pass", nil), ("bad", "fail", nil), ("comes", "fail", nil),
        ("boot-time", "pass", 15), ("size", "pass", 107), ("steady", "pass", 101),
    ]

    private static let limits: TestFleet.Settings = [
        "projects": [
            "g/p": #"{metric_limits: {boot: {suite: ltp, test: "*-time", better: lower, percent: 20}}}"#
        ]
    ]

    @Test("Its page counts and lists what changed, with links to histories and to the jobs of both")
    func page() async throws {
        try await TestGateway.with(sections: Self.limits) { gateway in
            let token = try await gateway.token(["*"])
            let environments = ["qemu", "juno"]
            let before = try await Self.build(
                gateway,
                "/g/p/v1.0",
                token: token,
                environments: environments,
                Self.before
            )
            let after = try await Self.build(gateway, "/g/p/v1.1", token: token, Self.after)
            let browser = try await Browser(gateway, token: token)
            let choice = try await browser.get("/jobsets/\(after)/comparison").text
            #expect(choice.contains("<option value=\"\(before)\" selected>v1.0, passed"), "\(choice)")
            #expect(!choice.contains("<table"))
            let path = "/jobsets/\(after)/comparison?baseline=\(before)"
            let page = try await browser.get(path).text
            for text in [
                "<strong>1</strong><span>regressions", "<strong>1</strong><span>new failures",
                "<strong>1</strong><span>gone", "<strong>1</strong><span>fixes",
                "<strong>1</strong><span>still failing", "<strong>2</strong><span>metrics beyond limits",
                "breaks &lt;b&gt;", "Only in v1.0", "1 environment: juno",
                "/projects/g/p/test?suite=ltp&amp;test=breaks",
                "/jobsets/\(after)?environment=qemu&amp;name=qemu%20v1.1#jobs",
                "/jobsets/\(before)?environment=qemu&amp;name=qemu%20v1.0#jobs", "+50.0 %",
                "worse than its limit of 20 %", "+7.0 %", "2 of 3 measurements moved beyond their limits",
                "/jobsets/\(before)/comparison?baseline=\(after)", "rel=\"noreferrer\" aria-label=\"Log of breaks",
            ] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(!page.contains("mends") && !page.contains("<b>") && !page.contains("steady"))
            let kinds = [
                ("fix", "mends"), ("still_failing", "bad"), ("vanished", "goes"), ("new_failure", "comes"),
            ]
            for (kind, name) in kinds {
                let one = try await browser.get("\(path)&kind=\(kind)").text
                #expect(one.contains(">\(name)</a>") && !one.contains("breaks &lt;b&gt;</a>"), "\(kind)")
            }
            let other = try await browser.get("\(path)&environment=juno").text
            #expect(other.contains("There are none of these."))
            let swapped = try await browser.get("/jobsets/\(before)/comparison?baseline=\(after)").text
            #expect(swapped.contains(">mends</a>") && swapped.contains("1 environment: juno"))
            #expect(try await browser.get("/jobsets/\(after)").text.contains("/jobsets/\(after)/comparison"))
            let project = try await browser.get("/projects/g/p").text
            #expect(project.contains("action=\"/projects/g/p/comparison\""))
            for id in [after, before] { #expect(project.contains("<option value=\"\(id)\" selected>")) }
            let way = try await browser.get("/projects/g/p/comparison?jobset=\(after)&baseline=\(before)")
            #expect(way.status == 303 && way.headers.first(name: "Location") == path)
        }
    }

    @Test("The API gives what a report says of a baseline, by id, build or version")
    func api() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let before = try await Self.build(gateway, "/g/p/v1.0", token: token, Self.before)
            let after = try await Self.build(gateway, "/g/p/v1.1", token: token, Self.after)
            for name in [before, "v1.0", "/g/p/v1.0"] {
                let answer = try await gateway.ask(
                    .GET,
                    "/api/v1/jobsets/\(after)/comparison?baseline=\(name)",
                    token: token
                )
                #expect(answer.status == 200, "\(answer.text)")
                let document = try answer.json()
                #expect((document["baseline"] as? [String: Any])?["id"] as? String == before)
                #expect((document["jobset"] as? [String: Any])?["build"] as? String == "/g/p/v1.1")
                let comparison = try #require(document["comparison"] as? [String: Any])
                let regressions = try #require(comparison["regressions"] as? [String: Any])
                #expect(regressions["total"] as? Int == 1 && comparison["still_failing"] as? Int == 1)
                let metrics = try #require(document["metrics"] as? [[String: Any]])
                #expect(metrics.map { $0["change_percent"] as? Double } == [50, 7, 1])
            }
            let none = try await gateway.ask(
                .GET,
                "/api/v1/jobsets/\(after)/comparison?baseline=v1.0&environment=juno",
                token: token
            ).json()
            let regressions = (none["comparison"] as? [String: Any])?["regressions"] as? [String: Any]
            #expect(regressions?["total"] as? Int == 0)
        }
    }

    @Test("What can't be compared is refused in words, and another's jobset is as if it was not there")
    func refused() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let mine = try await Self.build(gateway, "/g/p/1", token: token, Self.before)
            let other = try await Self.build(gateway, "/g/q/1", token: token, Self.after)
            let running = try await gateway.submit(TestGateway.document("/g/p/2"), token: token)
            let reader = try await gateway.token(["g/p"], can: [.read])
            func ask(_ baseline: String, by token: String) async throws -> (api: Answer, page: Answer) {
                let path = "/jobsets/\(mine)/comparison?baseline=\(baseline)"
                return (
                    try await gateway.ask(.GET, "/api/v1\(path)", token: token),
                    try await Browser(gateway, token: token).get(path)
                )
            }
            let (api, page) = try await ask(other, by: token)
            #expect(api.status == 400 && page.status == 400)
            #expect(try api.pointers() == ["?baseline"])
            for text in [api.text, page.text] { #expect(text.contains("only jobsets of one project can be compared")) }
            #expect(try await ask("/g/q/1", by: reader).api.status == 400)
            let (hidden, hiddenPage) = try await ask(other, by: reader)
            let unknown = "6f1c0000-0000-4000-8000-00000000002a"
            let (absent, absentPage) = try await ask(unknown, by: reader)
            #expect(hidden.status == 404 && hiddenPage.status == 404 && absentPage.status == 404)
            #expect(hidden.text.replacing(other, with: unknown) == absent.text)
            for (baseline, status, words) in [
                (running, 409, "has not finished"), ("9", 404, "no other jobset of /g/p/9"), ("a%20b", 400, "baseline"),
            ] {
                let (api, page) = try await ask(baseline, by: token)
                #expect(api.status == status && page.status == status, "\(baseline): \(api.status) \(page.status)")
                #expect(api.text.contains(words) && page.text.contains(words), "\(api.text)")
            }
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(mine)/comparison", token: token).status == 400)
            let itself = try await ask(mine, by: token).page.text
            #expect(itself.contains("same environments and jobs"))
            try await gateway.parts.postgres.execute(
                "update jobset set results_removed_at = now() where build_version = '1'"
            )
            #expect(try await ask(mine, by: token).api.status == 410)
        }
    }

    @Test("A page stays small and leads to all tests, whatever they are called")
    func large() async throws {
        try await TestGateway.with(["requests_per_second": "10000", "request_burst": "10000"]) { gateway in
            let token = try await gateway.token(["*"])
            let name = String(repeating: "<", count: 200)
            let before = try await Self.build(
                gateway,
                "/g/p/before",
                token: token,
                (0..<500).map { ("\(name)\($0)", "pass", 1) }
            )
            let after = try await Self.build(
                gateway,
                "/g/p/after",
                token: token,
                (0..<500).map { ("\(name)\($0)", "fail", 2) }
            )
            let browser = try await Browser(gateway, token: token)
            var path: String? = "/jobsets/\(after)/comparison?baseline=\(before)"
            var seen = 0
            while let next = path, seen < 1_000 {
                let page = try await browser.get(next)
                #expect(page.status == 200 && page.body.count < 300_000, "\(page.body.count)")
                seen += page.text.matches(of: /aria-label="Jobs now of/).count
                path = page.text.firstMatch(of: /href="([^"#]+)[^"]*" rel="next"/).map {
                    String($0.output.1).replacing("&amp;", with: "&")
                }
            }
            #expect(seen == 500)
        }
    }
}
