// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import Foundation
import Postgres
import Testing

@Suite("The size of pages")
struct PageSizeTests {
    /// The most that a page may have, in bytes.
    private static let limit = 300_000

    @Test("Each stays small with 10,000 jobs and 1,000 jobsets of the longest names, and leads to all jobs")
    func pages() async throws {
        try await TestGateway.with(["requests_per_second": "10000", "request_burst": "10000"]) { gateway in
            let token = try await gateway.token(["*"])
            let id = try await gateway.submit(TestGateway.document("/g/p/large"), token: token)
            try await Self.enlarge(gateway, try #require(UUID(uuidString: id)))
            let browser = try await Browser(gateway, token: token)
            for path in [
                "/", "/projects/g/p", "/jobsets/\(id)", "/jobsets/\(id)?show=failed", "/jobsets/\(id)?from=5000",
                "/jobsets/\(id)/jobs/77", "/backends", "/backends/lab-a", "/operations", "/search?q=v-",
                "/projects", "/operations/audit", "/operations/rejected", "/operations/tokens",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.body.count < Self.limit, "\(path)")
            }
            var path: String? = "/jobsets/\(id)?show=failed"
            var seen: [Int] = []
            while let next = path, seen.count < 10_000 {
                let page = try await browser.get(next)
                seen += page.text.matches(of: #/<span class="reason">job (\d+)<\/span>/#).compactMap {
                    Int($0.output.1)
                }
                path = page.text.firstMatch(of: /href="([^"#]+)[^"]*" rel="next"/).map {
                    String($0.output.1).replacing("&amp;", with: "&")
                }
            }
            #expect(seen == (0..<10_000).filter { $0 % 10 == 7 })
            var builds = 0
            path = "/projects/g/p"
            while let next = path, builds < 2_000 {
                let page = try await browser.get(next)
                builds += page.text.matches(of: /<th scope="row" class="build"><a href="\/jobsets\//).count
                path = page.text.firstMatch(of: /href="([^"]+)" rel="next"/).map { String($0.output.1) }
            }
            #expect(builds == 1_001)
        }
    }

    private static func enlarge(_ gateway: TestGateway, _ id: UUID) async throws {
        let sql = gateway.parts.postgres
        try await sql.execute("update jobset set total = 10000, pending = 9000, failures = 1000 where id = \(id)")
        try await sql.execute(
            """
            insert into job (jobset_id, position, environment, backend)
            select \(id), number, repeat('<', 200) || number % 500, 'lab-a'
            from generate_series(1, 9999) as number
            """
        )
        try await sql.execute(
            """
            update job set state = 'finished', outcome = 'incomplete', reason = repeat('"', 2000), finished_at = now()
            where position % 10 = 7
            """
        )
        try await sql.execute(
            """
            insert into jobset (id, build_group, build_project, build_version, digest, total, pending, created_at)
            select gen_random_uuid(), 'g', 'p', 'v-' || repeat('x', 90) || number, '\\x00', 0, 0,
                now() - number * interval '1 minute'
            from generate_series(1, 1000) as number
            """
        )
    }
}
