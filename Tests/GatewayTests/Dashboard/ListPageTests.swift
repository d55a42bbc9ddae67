// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Pages with lists", .timeLimit(.minutes(10)))
struct ListPageTests {
    @Test("Refused documents are listed with their errors, page by page, and nothing in them is markup")
    func rejected() async throws {
        try await TestGateway.with { gateway in
            let browser = try await Browser(gateway, token: try await gateway.token(["*"]))
            #expect(try await browser.get("/operations/rejected").text.contains("None."))
            for number in 0..<52 {
                try await gateway.store.recordRejection(
                    messageID: "m-\(number)",
                    digest: [UInt8(number)],
                    problem: .invalidDocument(
                        (0..<7).map { Fault(pointer: "/jobs/\($0)", value: "<i>\(number)</i>", reason: "is wrong") }
                    ),
                    body: [UInt8](repeating: 0, count: 1_234),
                    keepBytes: 10
                )
            }
            let page = try await browser.get("/operations/rejected").text
            for text in ["m-51", "m-2", "/jobs/4", "&lt;i&gt;51&lt;/i&gt;", "and 2 more", "1,234", "50 documents"] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(!page.contains("<i>") && !page.contains("m-1<") && !page.contains("/jobs/5"))
            let next = try #require(page.firstMatch(of: /href="([^"]+)" rel="next"/)).output.1
            let last = try await browser.get(String(next)).text
            #expect(last.contains("m-1<") && last.contains("m-0<") && !last.contains("rel=\"next\""))
        }
    }

    @Test("The audit log can be narrowed down to a token and an action, and leads to jobsets")
    func audit() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let id = try await gateway.submit(TestGateway.document("/g/p/v"), token: token)
            let browser = try await Browser(gateway, token: token)
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            _ = try await browser.post("/jobsets/\(id)/cancel", ["csrf": proof, "reason": "too slow"])
            _ = try await gateway.store.beginAudit(
                AuditEntry(token: nil, actor: "<b>ci</b>", address: nil, action: "cancel", group: "g", project: "p")
            )
            let page = try await browser.get("/operations/audit").text
            for text in ["&lt;b&gt;ci&lt;/b&gt;", "cancel", "submit", "reason: too slow", "/jobsets/\(id)"] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(!page.contains("<b>ci"))
            let cancels = try await browser.get("/operations/audit?action=cancel&actor=%3Cb%3Eci%3C%2Fb%3E").text
            #expect(cancels.contains("<td>cancel</td>") && !cancels.contains("<td>submit</td>"))
            #expect(try await browser.get("/operations/audit?actor=nobody").text.contains("None."))
            #expect(try await browser.get("/operations/audit?before=x&actor=").status == 200)
        }
    }

    @Test("All projects are listed with their latest build, page by page, to each reader those that it may read")
    func projects() async throws {
        try await TestGateway.with { gateway in
            try await gateway.parts.postgres.execute(
                """
                insert into jobset (id, build_group, build_project, build_version, digest, state, total, pending, created_at)
                    select gen_random_uuid(), 'g', 'p' || lpad(project::text, 3, '0'), 'v' || build, '', 'running', 1, 1,
                        now() - build * interval '1 hour'
                    from generate_series(1, 101) as project, generate_series(1, 3) as build
                """
            )
            let browser = try await Browser(gateway, token: try await gateway.token(["*"]))
            let page = try await browser.get("/projects").text
            #expect(page.contains("g/p001") && page.contains("g/p100") && !page.contains("g/p101"))
            #expect(page.contains(">v1<") && !page.contains(">v2<") && page.contains("100 projects"))
            let next = try #require(page.firstMatch(of: /href="([^"]+)" rel="next"/)).output.1
            let last = try await browser.get(String(next)).text
            #expect(last.contains("g/p101") && !last.contains("g/p100") && !last.contains("rel=\"next\""))
            let reader = try await Browser(gateway, token: try await gateway.token(["g/p007", "h/*"], can: [.read]))
            let own = try await reader.get("/projects").text
            #expect(own.contains("g/p007") && !own.contains("g/p008"))
        }
    }

    @Test("The tests of a jobset are a table of suites and environments, those with the most failures first")
    func matrix() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let id = try await gateway.submit(TestGateway.document("/g/p/v"), token: token)
            let browser = try await Browser(gateway, token: token)
            #expect(try await browser.get("/jobsets/\(id)/tests").text.contains("once the jobset has finished"))
            #expect(try await browser.get("/jobsets/\(id)").text.contains("/jobsets/\(id)/tests"))
            try await gateway.parts.postgres.execute(
                """
                with list as (
                    insert into test_list (digest, names) values ('', array['a', 'b', 'c']) returning id
                )
                insert into suite_history (jobset_id, environment, suite, build_group, build_project, created_at,
                        test_list_id, statuses)
                    select \(try #require(UUID(uuidString: id))), 'board-' || board, suite, 'g', 'p', now(), list.id,
                        case when suite = 'ltp' and board > 10 then repeat('f', board - 10) || 'p' else 'pps' end
                    from list, generate_series(1, 17) as board, (values ('boot'), ('ltp')) as suites (suite)
                    where suite = 'ltp' or board <> 17
                """
            )
            let page = try await browser.get("/jobsets/\(id)/tests").text
            #expect(page.contains("7 of 8 failed") && page.contains("✓ 3") && page.contains(">–<"))
            let columns = page.matches(of: /<a href="[^"]*">(board-\d+)</).map { String($0.output.1) }
            #expect(columns.count == 15)
            #expect(Array(columns.prefix(7)) == (11...17).reversed().map { "board-\($0)" })
            let suites = page.matches(of: /<th scope="row" class="break">(\w+)</).map { String($0.output.1) }
            #expect(suites == ["ltp", "boot"])
            #expect(page.contains("Not shown: 2 environments"))
        }
    }

    @Test("Tokens are listed with what they can do, and without their secrets")
    func tokens() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            _ = try await gateway.token(["g/readers"], can: [.read])
            let browser = try await Browser(gateway, token: token)
            let page = try await browser.get("/operations/tokens").text
            for text in ["g/readers", "<td class=\"break\">read</td>", "valid"] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(!page.contains(token))
            #expect(try await browser.get("/operations/tokens?identities=true").text.contains("None."))
            for path in ["rejected", "audit", "tokens"] {
                #expect(try await browser.get("/operations").text.contains("/operations/\(path)"))
            }
        }
    }
}
