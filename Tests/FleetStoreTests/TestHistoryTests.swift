// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("The history of tests", .timeLimit(.minutes(10)))
struct TestHistoryTests {
    /// Accepts a jobset with a job for each environment, and ends each with its results.
    private static func finish(
        _ test: TestStore,
        _ version: String,
        number: Int,
        _ jobs: [(environment: String, results: [ResultRow])]
    ) async throws -> UUID {
        let id = UUID()
        let document = JobsetDocument(
            build: try #require(Build("/group/project/\(version)")),
            jobs: jobs.map { JobEntry(environment: $0.environment, backend: "lab-a", definition: "job_name: a") }
        )
        _ = try await test.store.acceptJobset(id: id, document: document)
        try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
        let rows = try await test.rows(of: id)
        for (index, (row, job)) in zip(rows, jobs).enumerated() {
            let labJob = try await test.endInLab(row, [number * 100 + index: "Complete"])[0]
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: labJob, results: job.results)])
        }
        try #require(try await test.store.jobset(id: id)?.state == .finished)
        return id
    }

    private static func record(_ test: TestStore) async throws {
        while try await test.store.recordHistory() {}
    }

    private static func history(_ test: TestStore, _ name: String, environment: String? = nil, limit: Int = 20)
        async throws -> TestHistory
    {
        try await test.store.testHistory(
            of: "group",
            "project",
            suite: "kselftest",
            test: name,
            environment: environment,
            limit: limit
        )
    }

    private static func result(_ name: String, _ status: ResultStatus, suite: String = "kselftest") -> ResultRow {
        TestStore.result(name, status, suite: suite)
    }

    @Test("Each finished jobset has what each test said by environment, the worst of several jobs")
    func life() async throws {
        try await TestStore.with { test in
            let first = try await Self.finish(
                test,
                "v1",
                number: 1,
                [
                    (
                        "qemu",
                        [Self.result("b", .pass), Self.result("a", .skip), Self.result("x", .fail, suite: "lava")]
                    ),
                    ("pi", [Self.result("a", .pass)]), ("pi", [Self.result("a", .fail)]),
                ]
            )
            let second = try await Self.finish(
                test,
                "v2",
                number: 2,
                [
                    ("qemu", [Self.result("a", .xfail), Self.result("it's {\"odd\", \\ 'name'}", .unknown)]),
                    ("pi", [Self.result("b", .pass)]),
                ]
            )
            #expect(try await Self.history(test, "a").environments.isEmpty)
            try await Self.record(test)
            let history = try await Self.history(test, "a")
            #expect(history.environments.map(\.environment) == ["pi", "qemu"])
            #expect(history.environments.map { $0.jobsets.map(\.status) } == [[nil, .fail], [.xfail, .skip]])
            #expect(history.environments.map(\.failed) == [1, 1] && history.environments.map(\.ran) == [1, 1])
            #expect(history.environments[1].jobsets.map(\.id) == [second, first])
            #expect(history.environments[1].jobsets.map(\.version) == ["v2", "v1"])
            let odd = try await Self.history(test, "it's {\"odd\", \\ 'name'}", environment: "qemu", limit: 1)
            #expect(odd.environments.map { $0.jobsets.map(\.status) } == [[.unknown]])
            #expect(try await Self.history(test, "x").environments.flatMap(\.jobsets).allSatisfy { $0.status == nil })
            let elsewhere = try await test.store.testHistory(
                of: "group",
                "other",
                suite: "kselftest",
                test: "a",
                limit: 9
            )
            #expect(elsewhere.environments.isEmpty)
        }
    }

    @Test("What failed tests did before is counted, of earlier jobsets in which they ran alone")
    func earlier() async throws {
        try await TestStore.with { test in
            for (number, status) in [ResultStatus.pass, .fail, .xfail, .skip, .unknown].enumerated() {
                _ = try await Self.finish(
                    test,
                    "v\(number)",
                    number: number + 1,
                    [("qemu", [Self.result("a", status), Self.result("b", .pass)]), ("pi", [Self.result("c", .pass)])]
                )
            }
            let tests = [
                EnvironmentTest(environment: "qemu", suite: "kselftest", name: "a"),
                EnvironmentTest(environment: "qemu", suite: "kselftest", name: "b"),
                EnvironmentTest(environment: "pi", suite: "kselftest", name: "a"),
            ]
            let last = try await Self.finish(test, "v9", number: 9, [("qemu", [Self.result("a", .fail)])])
            try await Self.record(test)
            func count(_ limit: Int) async throws -> [EarlierRuns?] {
                let runs = try await test.store.earlierRuns(of: tests, before: last, limit: limit, within: .seconds(30))
                return tests.map { runs[$0] }
            }
            #expect(
                try await count(20) == [EarlierRuns(failed: 2, ran: 3), EarlierRuns(failed: 0, ran: 5), nil]
            )
            #expect(
                try await count(2) == [EarlierRuns(failed: 0, ran: 0), EarlierRuns(failed: 0, ran: 2), nil]
            )
        }
    }

    @Test("A jobset that is retried counts as it is after that, and what it said before is gone")
    func retried() async throws {
        try await TestStore.with { test in
            let id = try await Self.finish(test, "v1", number: 1, [("qemu", [Self.result("a", .fail)])])
            try await Self.record(test)
            #expect(try await Self.history(test, "a").environments.map(\.failed) == [1])
            try await test.client.execute("update delivery set state = 'delivered', ended_at = now()")
            _ = try await test.store.retryJobs(of: id, .all)
            try await test.client.execute("update job set resume_at = null")
            let row = try #require(try await test.rows(of: id).first)
            let labJob = try await test.endInLab(row, [200: "Complete"])[0]
            _ = try await test.store.finishLabJobs([
                FetchedLabJob(id: labJob, results: [Self.result("a", .pass), Self.result("b", .pass)])
            ])
            try await Self.record(test)
            let history = try await Self.history(test, "a")
            #expect(history.environments.map { $0.jobsets.map(\.status) } == [[.pass]])
            #expect(try await test.count("select count(*) from test_list") == 1)
        }
    }

    @Test("A list of names is stored once, and the oldest jobsets make room")
    func bounds() async throws {
        try await TestStore.with { test in
            for number in 1...3 {
                _ = try await Self.finish(test, "v\(number)", number: number, [("qemu", [Self.result("a", .pass)])])
            }
            _ = try await Self.finish(test, "old", number: 4, [("qemu", [Self.result("gone", .pass)])])
            try await test.client.execute(
                "update jobset set created_at = now() - interval '1 year' where build_version = 'old'"
            )
            try await Self.record(test)
            #expect(try await test.count("select count(*) from test_list") == 2)
            // As if there were as many as are kept.
            try await test.client.execute(
                """
                insert into suite_history
                select gen_random_uuid(), environment, suite, build_group, build_project,
                    now() - interval '1 day' - place * interval '1 second', test_list_id, statuses
                from suite_history, generate_series(1, \(FleetStore.historyLength)) as place where jobset_id in (
                    select id from jobset where build_version = 'v1'
                )
                """
            )
            _ = try await Self.finish(test, "v5", number: 5, [("qemu", [Self.result("a", .fail)])])
            try await Self.record(test)
            #expect(try await test.count("select count(*) from suite_history") == FleetStore.historyLength)
            #expect(try await test.count("select count(*) from test_list") == 1)
            #expect(try await Self.history(test, "a", limit: 3).environments.map { $0.jobsets.count } == [3])
        }
    }

    @Test("Several recorders at once, and one that dies, add each jobset once")
    func together() async throws {
        try await TestStore.with(connections: 8) { test in
            for number in 1...12 {
                _ = try await Self.finish(test, "v\(number)", number: number, [("qemu", [Self.result("a", .fail)])])
            }
            let store = test.store
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask { for _ in 0..<6 { _ = try await store.recordHistory() } }
                }
                group.addTask {
                    for _ in 0..<10 {
                        try await test.client.execute(
                            """
                            select pg_terminate_backend(pid) from pg_stat_activity
                            where application_name = \(test.name) and query like '%suite_history%' and pid <> pg_backend_pid()
                            """
                        )
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                while let result = await group.nextResult() {
                    // Whose connection was cut does not matter.
                    if case .failure(let error) = result, !(error is PostgresError) { throw error }
                }
            }
            try await Self.record(test)
            let history = try await Self.history(test, "a", limit: 50)
            #expect(history.environments.map(\.failed) == [12])
            #expect(try await test.count("select count(*) from history_change") == 0)
        }
    }

    @Test("One that can't be added leaves the others their turn")
    func poison() async throws {
        try await TestStore.with { test in
            let bad = try await Self.finish(test, "v1", number: 1, [("qemu", [Self.result("a", .pass)])])
            _ = try await Self.finish(test, "v2", number: 2, [("qemu", [Self.result("a", .fail)])])
            try await test.client.execute(
                "alter table suite_history add constraint bad check (jobset_id <> '\(unsafeSQL: bad.uuidString)')"
            )
            await #expect(throws: HistoryFailure.self) { _ = try await test.store.recordHistory() }
            try await Self.record(test)
            #expect(try await Self.history(test, "a").environments.map { $0.jobsets.map(\.version) } == [["v2"]])
        }
    }
}
