// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("muster compare", .timeLimit(.minutes(10)))
struct CompareTests {
    /// A finished jobset of one job with these tests.
    private static func finished(_ fleet: TestFleet, _ tests: [(name: String, status: String)]) async throws -> String {
        let id = try await fleet.accept(jobs: 1)
        let jobset = try #require(UUID(uuidString: id))
        try await fleet.postgres.execute(
            """
            with attempt as (
                insert into attempt (id, job_id, number, backend, state, outcome, submitted_at, ended_at)
                select gen_random_uuid(), id, 1, backend, 'ended', 'complete', now(), now() from job
                where jobset_id = \(jobset) returning *
            ), lab_job as (
                insert into lab_job (attempt_id, backend, number, state)
                select id, backend, abs(hashtext(id::text)), 'fetched' from attempt returning id
            )
            insert into result (lab_job_id, position, suite, suite_number, name, status)
            select id, place, 'ltp', 1, name, status
            from lab_job, unnest(\(tests.map(\.name)), \(tests.map(\.status))) with ordinality as result (name, status, place)
            """
        )
        let jobs = try await fleet.store.jobs(of: jobset)
        let failed = tests.count { $0.status == "fail" }
        let counts = TestCounts(pass: tests.count - failed, fail: failed, skip: 0, unknown: 0)
        _ = try await fleet.store.finishJobs([
            JobEnd(jobID: jobs[0].id, outcome: .complete, reason: nil, tests: counts)
        ])
        return id
    }

    @Test("What changed, in both ways, as text and as JSON; the exit status tells whether it is worse if asked")
    func changes() async throws {
        try await TestFleet.with { fleet in
            let before = try await Self.finished(fleet, [("breaks", "pass"), ("mends", "fail"), ("bad", "fail")])
            let after = try await Self.finished(
                fleet,
                [("breaks", "fail"), ("mends", "pass"), ("bad", "fail"), ("comes", "fail")]
            )
            let running = try await fleet.accept(jobs: 1)
            try await fleet.withGateway { gateway, token in
                for arguments in [
                    [after, before], [String(after.prefix(8)), before], [before, after],
                    [after, before, "--exit-status"],
                    [after, before, "--environment", "env-0", "--limit", "1"],
                    [after, before, "--environment", "none"],
                    [after, before, "--output", "json"], [after, running], [after, "g/p/none"],
                ] {
                    let words = ["compare"] + arguments
                    let direct = try await Program(arguments: words, environment: fleet.environment).run()
                    let served = try await served(gateway.url, token: token, words).run()
                    #expect(served.output == direct.output, "\(arguments)")
                    #expect(served.errors == direct.errors, "\(arguments)")
                    #expect(served.status == direct.status, "\(arguments)")
                }
            }
            let text = try await fleet.muster("compare", after, before)
            #expect(text.status == 0, "\(text.errors)")
            for line in [
                "regressions\t1\n", "new failures\t1\n", "fixes\t1\n", "still failing\t1\n",
                "regression\tenv-0\tltp\tbreaks\tpass\tfail\n", "new failure\tenv-0\tltp\tcomes\t-\tfail\n",
                "fix\tenv-0\tltp\tmends\tfail\tpass\n",
            ] {
                #expect(text.output.contains(line), "\(line): \(text.output)")
            }
            #expect(try await fleet.muster("compare", after, before, "--exit-status").status == 1)
            let unfinished = try await fleet.muster("compare", after, running)
            #expect(unfinished.status == 2)
            #expect(unfinished.errors.contains("muster wait"), "\(unfinished.errors)")
            let cut = try await fleet.muster("compare", after, before, "--limit", "1")
            #expect(cut.errors.contains("2 more: raise --limit"))
        }
    }

    @Test("Only jobsets of one project are compared")
    func projects() async throws {
        try await TestFleet.with { fleet in
            let one = try await Self.finished(fleet, [("a", "pass")])
            let other = try await Self.finished(fleet, [("a", "pass")])
            try await fleet.postgres.execute(
                "update jobset set build_project = 'q' where id = \(try #require(UUID(uuidString: other)))"
            )
            let ending = try await fleet.muster("compare", one, other)
            #expect(ending.status == 2)
            #expect(ending.errors.contains("only jobsets of one project can be compared"))
        }
    }
}
