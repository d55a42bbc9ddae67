// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("The history of a metric", .timeLimit(.minutes(5)))
struct MetricPageTests {
    @Test("It is drawn for each environment with a table beside it, and linked from where the metric is shown")
    func life() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            var ids: [String] = []
            for (version, value) in [("v1", 10.0), ("v2", 20.0), ("v3", 15.5)] {
                let results = [("boot <time>", "pass", value as Double?), ("plain", "pass", nil)]
                let environments = version == "v2" ? ["qemu"] : ["qemu", "juno"]
                ids.append(
                    try await ComparisonPageTests.build(
                        gateway,
                        "/g/p/\(version)",
                        token: token,
                        environments: environments,
                        results
                    )
                )
            }
            while try await gateway.store.recordHistory() {}
            let browser = try await Browser(gateway, token: token)
            let path = "/projects/g/p/metric?suite=ltp&test=boot%20%3Ctime%3E"
            let page = try await browser.get(path)
            #expect(page.status == 200)
            for text in [
                "boot &lt;time&gt;", "3 builds: latest 15.5, lowest 10, median 15.5, highest 20",
                "2 builds: latest 15.5, lowest 10, median 12.75, highest 15.5",
                "aria-label=\"3 builds, from 10 to 20, the oldest at the left\"",
                "points=\"12.0,148.0 320.0,12.0 628.0,73.2\"", "<title>v2: 20, pass</title>", "+100.0 %", "-22.5 %",
                "href=\"/jobsets/\(ids[1])\"",
            ] {
                #expect(page.text.contains(text), "\(text)")
            }
            let one = try await browser.get("\(path)&environment=juno").text
            #expect(one.contains("2 builds") && !one.contains("3 builds") && one.contains("all environments"))
            let none = try await browser.get("/projects/g/p/metric?suite=ltp&test=plain").text
            #expect(none.contains("Nothing was measured"))
            #expect(try await browser.get("/projects/g/p/metric?suite=ltp").status == 400)
            let link = "href=\"/projects/g/p/metric?suite=ltp&amp;test=boot%20%3Ctime%3E"
            let places = [
                "/projects/g/p/test?suite=ltp&test=boot%20%3Ctime%3E", "/jobsets/\(ids[2])/tests",
                "/jobsets/\(ids[2])/jobs/0", "/jobsets/\(ids[2])/comparison?baseline=\(ids[1])",
            ]
            for place in places { #expect(try await browser.get(place).text.contains(link), "\(place)") }
            #expect(!(try await browser.get("/projects/g/p/test?suite=ltp&test=plain").text.contains("/metric?")))
            let history = try await gateway.ask(
                .GET,
                "/api/v1/projects/g/p/test-history?suite=ltp&test=boot%20%3Ctime%3E&environment=qemu",
                token: token
            ).json()
            let runs = (history["environments"] as? [[String: Any]])?.first?["jobsets"] as? [[String: Any]]
            #expect(runs?.map { $0["measurement"] as? Double } == [15.5, 20, 10])
        }
    }

    @Test("Its page stays small with 200 environments of 100 builds and the longest names")
    func large() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            try await gateway.parts.postgres.execute(
                """
                with list as (
                    insert into test_list (digest, names) values ('', array['a']) returning id
                ), jobset as (
                    insert into jobset (id, build_group, build_project, build_version, digest, state, verdict, total,
                        pending, finished_at)
                    select gen_random_uuid(), 'g', 'p', 'v-' || repeat('x', 90) || number, '', 'finished', 'passed', 0,
                        0, now()
                    from generate_series(1, 100) as number returning id
                )
                insert into suite_history (jobset_id, environment, suite, build_group, build_project, created_at,
                    test_list_id, statuses, measurements)
                select jobset.id, repeat('<', 190) || number, 'ltp', 'g', 'p', now(), list.id, 'p',
                    array[case when number = 7 then 'NaN' else 1e308 * (random() - 0.5) end]
                from list, jobset, generate_series(1, 200) as number
                """
            )
            let browser = try await Browser(gateway, token: token)
            let name = String(repeating: "%3C", count: 190)
            for query in ["", "&limit=100", "&limit=100&environment=\(name)9", "&environment=\(name)7"] {
                let page = try await browser.get("/projects/g/p/metric?suite=ltp&test=a\(query)")
                #expect(page.status == 200 && page.body.count < 300_000, "\(query): \(page.body.count)")
            }
        }
    }
}
