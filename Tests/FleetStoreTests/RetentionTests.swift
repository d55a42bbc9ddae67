// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Retention", .timeLimit(.minutes(10)))
struct RetentionTests {
    private static func document(_ build: String, jobs: Int, baseline: BaselineName?) throws -> JobsetDocument {
        JobsetDocument(
            build: try #require(Build(build)),
            jobs: (0..<jobs).map {
                JobEntry(environment: "env-\($0 % 3)", backend: "lab-a", definition: "job_name: job-\($0)")
            },
            baseline: baseline
        )
    }

    /// Accepts a jobset and ends each of its jobs with two results, so many days ago.
    @discardableResult private static func finish(
        _ test: TestStore,
        _ build: String = "/group/project/v",
        jobs: Int = 1,
        daysAgo: Int,
        baseline: BaselineName? = nil
    ) async throws -> UUID {
        let id = UUID()
        let document = try document(build, jobs: jobs, baseline: baseline)
        _ = try await test.store.acceptJobset(id: id, document: document)
        try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
        let number = try await test.count("select coalesce(max(number), 0)::bigint from lab_job") + 1
        var fetched: [FetchedLabJob] = []
        for (place, job) in try await test.rows(of: id).enumerated() {
            let labJob = try await test.endInLab(job, [number + place: "Complete"])[0]
            let results = [TestStore.result("a", .pass), TestStore.result("b", .fail)]
            fetched.append(FetchedLabJob(id: labJob, results: results))
        }
        _ = try await test.store.finishLabJobs(fetched)
        let report = ArchivedReport([.text: "the report", .json: "{}"])
        try await test.store.storeReport(report, of: id, generation: 1)
        try await test.client.execute("update delivery set state = 'delivered', ended_at = now()")
        try await test.client.execute(
            """
            update jobset set created_at = now() - \(daysAgo) * interval '1 day',
                finished_at = now() - \(daysAgo) * interval '1 day' + interval '1 hour'
            where id = \(id)
            """
        )
        try await test.client.execute("update report set created_at = now() - \(daysAgo) * interval '1 day'")
        while try await test.store.recordHistory() {}
        return id
    }

    /// As many finished jobsets of today as a project keeps the results of.
    private static func fill(_ test: TestStore, project: String = "group/project") async throws {
        try await test.client.execute(
            """
            insert into jobset (id, build_group, build_project, build_version, digest, state, total, pending, verdict,
                finished_at, results_removed_at, definitions_removed_at, reports_removed_at)
            select gen_random_uuid(), split_part(\(project), '/', 1), split_part(\(project), '/', 2), 'new', '\\x00',
                'finished', 0, 0, 'passed', now(), now(), now(), now()
            from generate_series(1, \(keptBaselines))
            """
        )
    }

    /// Takes every step, and counts how often each part had come to its end.
    private static func removeAll(_ test: TestStore, _ rules: RetentionRules) async throws -> [Retention.Part: Int] {
        var ended: [Retention.Part: Int] = [:]
        while let step = try await test.store.removeExpired(rules) { ended[step.part, default: 0] += step.ended }
        return ended
    }

    private static func rules(_ days: [Retention.Part: Int], _ projects: [String: [Retention.Part: Int]] = [:])
        -> RetentionRules
    {
        RetentionRules(usual: Retention(days: days), projects: projects.mapValues { Retention(days: $0) })
    }

    private static func rows(_ test: TestStore, of jobset: UUID) async throws -> [String: Int] {
        let from = [
            "jobset": "jobset where id = ", "job": "job where jobset_id = ",
            "attempt": "attempt join job on job.id = job_id where jobset_id = ",
            "lab_job": "lab_job join attempt on attempt.id = attempt_id join job on job.id = job_id where jobset_id = ",
            "result": "result join lab_job on lab_job.id = lab_job_id join attempt on attempt.id = attempt_id "
                + "join job on job.id = job_id where jobset_id = ",
            "report_form": "report_form where jobset_id = ", "job_definition": "job_definition where jobset_id = ",
        ]
        var counts: [String: Int] = [:]
        for (table, text) in from {
            counts[table] = try await test.count("select count(*) from \(unsafeSQL: text) \(jobset)")
        }
        return counts
    }

    @Test("Each part goes when its time is over, and not before; what it came to stays")
    func parts() async throws {
        try await TestStore.with { test in
            try await Self.fill(test)
            let old = try await Self.finish(test, jobs: 45, daysAgo: 30)
            let young = try await Self.finish(test, daysAgo: 29)
            let rules = Self.rules([.results: 29, .definitions: 40, .reports: 20])
            let before = try await Self.rows(test, of: young)
            #expect(
                try await test.store.expired(rules).map { "\($0.project) \($0.part) \($0.jobsets)" }
                    == ["group/project results 1", "group/project reports 2"]
            )
            #expect(try await Self.removeAll(test, rules) == [.results: 1, .reports: 2])
            #expect(
                try await Self.rows(test, of: old) == [
                    "jobset": 1, "job": 45, "attempt": 45, "lab_job": 45, "result": 0, "report_form": 0,
                    "job_definition": 45,
                ]
            )
            #expect(try await Self.rows(test, of: young) == before.merging(["report_form": 0]) { $1 })
            let jobset = try #require(try await test.store.jobset(id: old))
            #expect(jobset.tests.pass == 45 && jobset.tests.fail == 45 && jobset.verdict == .failed)
            #expect(jobset.resultsRemovedAt != nil && jobset.reportsRemovedAt != nil)
            #expect(jobset.definitionsRemovedAt == nil)
            #expect(try await test.store.expired(rules).isEmpty)
            #expect(try await Self.removeAll(test, rules).isEmpty)
        }
    }

    @Test("A jobset goes with all it has, and leaves the history of its tests")
    func jobsets() async throws {
        try await TestStore.with { test in
            try await Self.fill(test)
            let old = try await Self.finish(test, jobs: 3, daysAgo: 50)
            #expect(try await test.count("select count(*) from suite_history") == 3)
            let rules = Self.rules([.jobsets: 40])
            #expect(
                try await Self.removeAll(test, rules)
                    == [.results: 1, .definitions: 1, .reports: 1, .jobsets: 1]
            )
            #expect(try await Self.rows(test, of: old).values.allSatisfy { $0 == 0 })
            for table in ["suite_history", "test_list", "removal", "delivery", "jobset_environment"] {
                #expect(try await test.count("select count(*) from \(unsafeSQL: table)") == 0, "\(table)")
            }
        }
    }

    @Test("A project's own rules come first, and 0 means forever")
    func projects() async throws {
        try await TestStore.with { test in
            for name in ["group/project", "group/longer", "group/ever", "other/project"] {
                try await Self.fill(test, project: name)
                try await Self.finish(test, "/\(name)/v", daysAgo: 30)
            }
            let rules = Self.rules(
                [.results: 10],
                ["group/longer": [.results: 60], "group/ever": [.results: 0], "absent/project": [.results: 1]]
            )
            #expect(
                try await test.store.expired(rules).map(\.project) == ["group/project", "other/project"]
            )
            #expect(try await Self.removeAll(test, rules) == [.results: 2])
            #expect(try await Self.removeAll(test, Self.rules([:], ["group/longer": [.jobsets: 1]]))[.jobsets] == 1)
            #expect(try await test.store.expired(Self.rules([:])).isEmpty)
        }
    }

    @Test("What is kept, runs, is wanted as a baseline, or is still to be delivered stays")
    func exceptions() async throws {
        try await TestStore.with { test in
            let everything = Self.rules([.results: 1, .definitions: 1, .reports: 1, .jobsets: 1])
            // It is one of the latest of its project, which later ones are compared with.
            let latest = try await Self.finish(test, daysAgo: 300)
            #expect(try await Self.removeAll(test, Self.rules([.results: 1])).isEmpty)
            #expect(try await Self.rows(test, of: latest)["result"] == 2)

            try await Self.fill(test)
            let kept = try await Self.finish(test, daysAgo: 300)
            _ = try await test.store.changeJobset(id: kept, JobsetChange(isKept: true))
            let named = try await Self.finish(test, "/group/project/named", daysAgo: 300)
            let running = UUID()
            let document = try Self.document("/group/project/running", jobs: 1, baseline: BaselineName("named"))
            _ = try await test.store.acceptJobset(id: running, document: document)
            let undelivered = try await Self.finish(test, daysAgo: 300)
            try await test.client.execute(
                "update delivery set state = 'due', ended_at = null where jobset_id = \(undelivered)"
            )
            let before = try await Self.rows(test, of: kept)
            _ = try await Self.removeAll(test, everything)
            #expect(try await Self.rows(test, of: latest)["jobset"] == 0)
            #expect(try await Self.rows(test, of: kept) == before)
            #expect(try await Self.rows(test, of: named)["result"] == 2)
            #expect(try await Self.rows(test, of: running)["job"] == 1)
            let waiting = try await Self.rows(test, of: undelivered)
            #expect(waiting["jobset"] == 1 && waiting["report_form"] == 2 && waiting["result"] == 2)

            _ = try await test.store.changeJobset(id: kept, JobsetChange(isKept: false))
            #expect(try await Self.removeAll(test, everything)[.jobsets] == 1)
            await #expect(throws: FleetRefusal.noSuchJobset(id: kept.text)) {
                _ = try await test.store.changeJobset(id: kept, JobsetChange(isKept: true))
            }
        }
    }

    @Test("What is gone is said to be: to a retry, a report, and whoever compares with it")
    func refusals() async throws {
        try await TestStore.with { test in
            try await Self.fill(test)
            let old = try await Self.finish(test, "/group/project/old", daysAgo: 30)
            #expect(try await Self.removeAll(test, Self.rules([.reports: 1]))[.reports] == 1)
            await #expect(throws: FleetRefusal.noLongerKept(jobset: old.text, part: .reports)) {
                _ = try await test.store.report(of: old, generation: nil, as: .text)
            }
            // Its jobs can run again all the same, and there will be a report.
            _ = try await test.store.retryJobs(of: old, .all)
            #expect(try await test.store.jobset(id: old)?.reportsRemovedAt == nil)

            let other = try await Self.finish(test, "/group/project/other", daysAgo: 30)
            _ = try await Self.removeAll(test, Self.rules([.results: 1]))
            await #expect(throws: FleetRefusal.noLongerKept(jobset: other.text, part: .results)) {
                _ = try await test.store.retryJobs(of: other, .all)
            }
            let later = try await Self.finish(test, daysAgo: 0, baseline: BaselineName("other"))
            #expect(try await test.store.baseline(of: later) == .removed(name: "other"))
            let usual = try await Self.finish(test, daysAgo: 0)
            guard case .found(let found) = try await test.store.baseline(of: usual) else {
                Issue.record("no baseline")
                return
            }
            #expect(found.id == later)
        }
    }

    @Test("Whoever dies in the middle leaves the rest to the next, and many at once remove everything once")
    func killed() async throws {
        try await TestStore.with(connections: 8) { test in
            try await Self.fill(test)
            for _ in 0..<4 { try await Self.finish(test, jobs: 60, daysAgo: 30) }
            let rules = Self.rules([.jobsets: 1])
            let store = test.store
            let ended = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        var ended = 0
                        for _ in 0..<6 {
                            let step = try? await store.removeExpired(rules)
                            if let step, step.part == .jobsets { ended += step.ended }
                        }
                        return ended
                    }
                }
                group.addTask {
                    for _ in 0..<10 {
                        try await test.client.execute(
                            """
                            select pg_terminate_backend(pid) from pg_stat_activity
                            where application_name = \(test.name) and query like 'delete from result%'
                                and pid <> pg_backend_pid()
                            """
                        )
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    return 0
                }
                return try await group.reduce(0, +)
            }
            let rest = try await Self.removeAll(test, rules)
            #expect(ended + (rest[.jobsets] ?? 0) == 4)
            #expect(try await test.count("select count(*) from result") == 0)
            #expect(try await test.count("select count(*) from job") == 0)
        }
    }

    @Test("Refused documents go by their age, in small steps")
    func rejected() async throws {
        try await TestStore.with { test in
            let problem = Problem.invalidDocument([Fault(pointer: "/jobs", reason: "is missing")])
            for digest in UInt8(1)...3 {
                try await test.store.recordRejection(
                    messageID: nil,
                    digest: [digest],
                    problem: problem,
                    body: [digest],
                    keepBytes: 100
                )
            }
            try await test.client.execute(
                "update rejected_document set received_at = now() - interval '91 days' where digest <> '\\x03'"
            )
            #expect(try await test.store.removeRejected(olderThan: .seconds(90 * 86_400)) == 2)
            #expect(try await test.store.removeRejected(olderThan: .seconds(90 * 86_400)) == 0)
            #expect(try await test.count("select count(*) from rejected_document where digest = '\\x03'") == 1)
        }
    }

    @Test("Totals of hours and days go by their age, from every table that has some")
    func totals() async throws {
        try await TestStore.with { test in
            let times = "1, 0, 0, 0, array_fill(0::bigint, array[64]), 0, 0, array_fill(0::bigint, array[64])"
            for age in ["2000 days", "10 days"] {
                let (hour, day) = ("date_trunc('hour', now() - interval '\(age)')", "(now() - interval '\(age)')::date")
                for statement in [
                    "insert into job_hour values (\(hour), 'lab-a', 'g', 'p', 'complete', 1, 1, 0, 0, 0)",
                    "insert into reason_day values (\(day), 'lab-a', 'lost', 'gone', 1)",
                    """
                    insert into lab_hour (hour, backend, device_type, lab_jobs, results, starts, queue_seconds,
                        queue_classes, runs, run_seconds, run_classes) values (\(hour), 'lab-a', 'x', \(times))
                    """,
                    """
                    insert into lab_day (day, backend, device_type, lab_jobs, results, starts, queue_seconds,
                        queue_classes, runs, run_seconds, run_classes) values (\(day), 'lab-a', 'x', \(times))
                    """,
                    "insert into device_hour values (\(hour), 'lab-a', 'board-1', 'x', 1, 1)",
                    "insert into suite_day values ('g', 'p', 'e', 's', \(day), 1, 1, 0, 0, 0)",
                    "insert into test_day values ('g', 'p', 's', 't', 'e', \(day), 1, now(), gen_random_uuid())",
                ] {
                    try await test.client.execute("\(unsafeSQL: statement)")
                }
            }
            // Whatever has a column of hours or days is a table of totals.
            let tables = try await test.client.query(
                """
                select distinct table_name from information_schema.columns join information_schema.tables
                    using (table_schema, table_name)
                where table_schema = current_schema() and table_type = 'BASE TABLE' and column_name in ('hour', 'day')
                    and table_name <> 'mail_digest' order by 1
                """
            ).map { try $0.decode(String.self) }
            #expect(tables.count == 7)
            #expect(try await test.store.removeTotals(olderThan: .seconds(1_100 * 86_400)) == tables.count)
            #expect(try await test.store.removeTotals(olderThan: .seconds(1_100 * 86_400)) == 0)
            for table in tables {
                #expect(try await test.count("select count(*) from \(unsafeSQL: table)") == 1, "\(table)")
            }
        }
    }
}
