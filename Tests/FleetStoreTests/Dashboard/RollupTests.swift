// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Rollups", .timeLimit(.minutes(10)))
struct RollupTests {
    /// Ends a job in its lab, with these results.
    private static func end(
        _ job: Int,
        as number: Int,
        in test: TestStore,
        health: String = "Complete",
        from start: Date = .now - 60,
        to end: Date = .now,
        _ results: [ResultRow] = []
    ) async throws {
        let attempt = try await test.submit(job, as: [number])
        let seen = LabJobObservation(
            number: number,
            tag: attempt.id,
            health: health,
            device: "board-1",
            deviceType: "beaglebone-black",
            submitTime: start - 30,
            startTime: start,
            endTime: end
        )
        let row = try #require(try await test.store.observeFinished([seen], backend: "lab-a").first)
        _ = try await test.store.finishLabJobs([FetchedLabJob(id: row.id, results: results)])
    }

    /// Adds up all there is.
    private static func rollUp(_ test: TestStore) async throws -> Int {
        var count = 0
        while case let some = try await test.store.rollUp(), some > 0 { count += some }
        return count
    }

    private static func view(_ name: String, in test: TestStore) -> String { "\(test.name)_dashboard.\(name)" }

    private static func row(_ columns: String, of view: String, in test: TestStore) async throws -> String {
        let rows = try await test.client.query(
            "select concat_ws(' ', \(unsafeSQL: columns)) from \(unsafeSQL: self.view(view, in: test)) order by 1"
        )
        return try rows.map { try $0.decode(String.self) }.joined(separator: "\n")
    }

    @Test("What ends is counted by hour, lab, project and outcome, with reasons, times, suites and failed tests")
    func life() async throws {
        try await TestStore.with { test in
            let (jobset, jobs) = try await test.accept(jobs: 4)
            let results = [
                TestStore.result("boot", .pass), TestStore.result("mount", .fail),
                TestStore.result("x", .pass, suite: "lava"),
            ]
            try await Self.end(jobs[0], as: 11, in: test, results)
            try await Self.end(
                jobs[3],
                as: 12,
                in: test,
                [TestStore.result("boot", .pass), TestStore.result("mount", .pass)]
            )
            try await Self.end(jobs[1], as: 13, in: test, health: "Incomplete")
            _ = try await test.store.finishJobs([
                JobEnd(jobID: jobs[2], outcome: .rejected, reason: "line 17: no device 0xbeef")
            ])
            #expect(try await Self.rollUp(test) == 7)
            #expect(try await Self.rollUp(test) == 0)

            let totals = try await Self.row(
                "backend, jobs, complete, incomplete, rejected, lost, tests_pass, tests_fail, tests_skip",
                of: "throughput_by_hour",
                in: test
            )
            #expect(totals == "lab-a 4 2 1 1 0 3 1 0")
            #expect(
                try await Self.row("build_group, build_project, outcome, jobs", of: "outcomes_by_hour", in: test)
                    == "group project complete 2\ngroup project incomplete 1\ngroup project rejected 1"
            )
            let reasons = try await Self.row("outcome, jobs, reason", of: "reasons_by_day", in: test)
            #expect(reasons.contains("rejected 1 line #: no device #"))
            #expect(reasons.contains("incomplete 1 lab job # ended incomplete"))
            for view in ["lab_times_by_hour", "lab_times_by_day"] {
                let times = try await Self.row(
                    "backend, device_type, lab_jobs, results, round(queue_mean), round(run_mean), "
                        + "queue_p50 between 22 and 33, run_p95 between 45 and 66",
                    of: view,
                    in: test
                )
                #expect(times == "lab-a beaglebone-black 3 5 30 60 t t")
            }
            let use = try await test.client.query(
                "select sum(lab_jobs)::bigint, round(sum(busy_seconds))::bigint from \(unsafeSQL: Self.view("device_use_by_hour", in: test))"
            ).one().decode(Int.self, Int.self)
            #expect(use.0 == 3)
            #expect((179...181).contains(use.1))
            #expect(
                try await Self.row("environment, suite, runs, tests_pass, tests_fail", of: "suites_by_day", in: test)
                    == "env-0 kselftest 2 3 1"
            )
            let failed = "env-0 kselftest mount 1 2 \(jobset.uuidString.lowercased())"
            for view in ["test_history", "flaky_tests"] {
                #expect(
                    try await Self.row("environment, suite, test, failures, runs, last_jobset", of: view, in: test)
                        == failed
                )
            }
            #expect(try await Self.row("jobs, lab_jobs, results", of: "growth_by_day", in: test) == "4 3 5")
        }
    }

    @Test("A job that is retried ends twice, and a test that fails every time is not flaky")
    func retried() async throws {
        try await TestStore.with { test in
            let (jobset, jobs) = try await test.accept(jobs: 1)
            try await Self.end(jobs[0], as: 21, in: test, [TestStore.result("mount", .fail)])
            try await test.client.execute("update delivery set state = 'delivered', ended_at = now()")
            _ = try await test.store.retryJobs(of: jobset, .all)
            // Its end is not in its row any more.
            #expect(try await Self.rollUp(test) == 2)
            try await test.client.execute("update job set resume_at = null")
            try await Self.end(jobs[0], as: 22, in: test, [TestStore.result("mount", .fail)])
            #expect(try await Self.rollUp(test) == 2)
            #expect(try await Self.row("jobs, complete, tests_fail", of: "throughput_by_hour", in: test) == "2 2 2")
            #expect(try await Self.row("failures, runs", of: "test_history", in: test) == "2 2")
            #expect(try await Self.row("failures", of: "flaky_tests", in: test).isEmpty)
        }
    }

    @Test("A run is split over the hours in which the board was busy")
    func hours() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let hour = (Date.now.timeIntervalSince1970 / 3_600).rounded(.down) * 3_600
            let start = Date(timeIntervalSince1970: hour - 3 * 3_600 + 3_000)
            let end = Date(timeIntervalSince1970: hour - 3_600 + 600)
            try await Self.end(jobs[0], as: 31, in: test, from: start, to: end)
            _ = try await Self.rollUp(test)
            let hours = try await test.client.query(
                """
                select lab_jobs, busy_seconds, busy_share, device from \(unsafeSQL: Self.view("device_use_by_hour", in: test))
                order by hour
                """
            ).map { try $0.decode(Int.self, Double.self, Double.self, String.self) }
            #expect(hours.map(\.0) == [0, 0, 1])
            #expect(hours.map(\.1) == [600, 3_600, 600])
            for (_, busy, share, _) in hours { #expect(share == busy / 3_600) }
        }
    }

    @Test("A clock that is years off, and jobs that never ran, spoil nothing")
    func oddTimes() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 3)
            try await Self.end(jobs[0], as: 41, in: test, from: .now - 60, to: .distantFuture)
            try await Self.end(jobs[1], as: 42, in: test, from: .now, to: .distantPast)
            let attempt = try await test.submit(jobs[2], as: [43])
            let row = try #require(
                try await test.store.observeFinished(
                    [
                        LabJobObservation(
                            number: 43,
                            tag: attempt.id,
                            health: "Canceled",
                            device: nil,
                            submitTime: .now,
                            startTime: nil,
                            endTime: .now
                        )
                    ],
                    backend: "lab-a"
                ).first
            )
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: row.id)])
            #expect(try await Self.rollUp(test) == 6)
            #expect(
                try await Self.row("device_type, lab_jobs", of: "lab_times_by_hour", in: test)
                    == " 1\nbeaglebone-black 2"
            )
            #expect(try await Self.row("device", of: "device_use_by_hour", in: test).isEmpty)
        }
    }

    @Test("Many at once, and more than one batch, count everything once")
    func together() async throws {
        try await TestStore.with(connections: 8) { test in
            let count = FleetStore.rollupBatch * 2 + 100
            let (_, jobs) = try await test.accept(jobs: count)
            let ends = jobs.map { JobEnd(jobID: $0, outcome: .rejected, reason: "no") }
            _ = try await test.store.finishJobs(ends)
            let store = test.store
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var taken = 0
                        for _ in 0..<20 { taken += try await store.rollUp() }
                        return taken
                    }
                }
                return try await group.reduce(0, +)
            }
            let rest = try await Self.rollUp(test)
            #expect(taken + rest == count)
            #expect(try await Self.row("jobs, rejected", of: "throughput_by_hour", in: test) == "\(count) \(count)")
            #expect(try await Self.row("jobs", of: "reasons_by_day", in: test) == "\(count)")
        }
    }

    @Test("If whoever adds up dies in the middle of it, the next one counts everything once")
    func killed() async throws {
        try await TestStore.with(attempts: 1) { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .rejected, reason: "no")])
            #expect(try await Self.rollUp(test) == 1)
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[1], outcome: .rejected, reason: "no")])
            // Both are in one hour, or this test runs at the end of one: then nobody would wait.
            try await test.client.execute(
                "update job_hour set hour = date_trunc('hour', job.finished_at, 'UTC') from job where id = \(jobs[1])"
            )
            let (locked, continuation) = AsyncStream.makeStream(of: Void.self)
            async let killed = Self.killWhoeverWaits(in: test, then: continuation)
            for await _ in locked { break }
            await #expect(throws: PostgresError.self) { _ = try await test.store.rollUp() }
            #expect(try await killed)
            #expect(try await test.count("select count(*) from rollup_change") == 1)
            #expect(try await Self.rollUp(test) == 1)
            #expect(try await Self.row("jobs, rejected", of: "throughput_by_hour", in: test) == "2 2")
        }
    }

    /// Locks what is counted by hour, and ends the connection of the first that waits for it.
    private static func killWhoeverWaits(in test: TestStore, then locked: AsyncStream<Void>.Continuation) async throws
        -> Bool
    {
        defer { locked.finish() }
        let name = test.name
        return try await test.client.withTransaction { sql in
            try sql.execute("select from job_hour for update")
            locked.yield()
            for _ in 0..<1_200 {
                try sql.execute("select pg_stat_clear_snapshot()")
                let killed = try sql.query(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where application_name = \(name) and wait_event_type = 'Lock'
                    """
                )
                if !killed.isEmpty { return true }
                try sql.execute("select pg_sleep(0.05)")
            }
            return false
        }
    }
}
