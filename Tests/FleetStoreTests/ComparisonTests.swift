// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@testable import Fleet
@testable import FleetStore

@Suite("Comparison with a baseline", .timeLimit(.minutes(10)))
struct ComparisonTests {
    /// A finished jobset of one job in `environment`, with these results.
    private static func ended(
        _ test: TestStore,
        _ build: String = "/group/project/v1",
        environment: String = "qemu",
        number: Int,
        health: String = "Complete",
        baseline: BaselineName? = nil,
        by sender: Permissions? = nil,
        rules: NamingRules = NamingRules(),
        _ results: [ResultRow] = []
    ) async throws -> UUID {
        let id = UUID()
        let entry = JobEntry(environment: environment, backend: "lab-a", definition: "job_name: a")
        let document = JobsetDocument(build: try #require(Build(build)), jobs: [entry], baseline: baseline)
        if let sender {
            let (build, digest) = (document.build, document.digest)
            try await test.store.permit(document.names, in: build, id: id, digest: digest, by: sender)
        }
        _ = try await test.store.acceptJobset(id: id, document: document, rules: rules)
        try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
        let row = try await test.endInLab(try #require(try await test.rows(of: id).first), [number: health])[0]
        _ = try await test.store.finishLabJobs([FetchedLabJob(id: row, results: results)])
        try #require(try await test.store.jobset(id: id)?.state == .finished)
        return id
    }

    private static func result(
        _ name: String,
        _ status: ResultStatus,
        suite: String = "ltp",
        number: Int = 3,
        measurement: String? = nil
    ) -> ResultRow {
        ResultRow(
            suite: suite,
            suiteNumber: number,
            name: name,
            status: status,
            measurement: measurement,
            units: measurement == nil ? nil : "ms",
            startLogLine: 7,
            endLogLine: nil
        )
    }

    private static func found(_ baseline: Baseline) -> UUID? {
        guard case .found(let jobset) = baseline else { return nil }
        return jobset.id
    }

    @Test("Results from before suites had their authors' names are compared with those after, run by run")
    func renamed() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(
                test,
                number: 1,
                [
                    Self.result("up", .pass, suite: "0_boot", number: 4),
                    Self.result("a", .pass, suite: "1_ltp", number: 5),
                    Self.result("a", .fail, suite: "2_ltp", number: 6),
                    Self.result("b", .pass, suite: "3_0_x", number: 7),
                    Self.result("c", .pass, suite: "4_lava", number: 8),
                    Self.result("d", .pass, suite: "5_", number: 9),
                ]
            )
            try await test.client.withTransaction { try $0.executeScript(Migration.suiteNames.sql) }
            let suites = try await test.store.suites(of: before, limit: 9).suites.map(\.suite)
            #expect(suites.sorted() == ["0_x", "4_lava", "5_", "boot", "ltp"])
            let after = try await Self.ended(
                test,
                number: 2,
                [
                    Self.result("s", .pass, suite: "smoke", number: 14),
                    Self.result("up", .fail, suite: "boot", number: 15),
                    Self.result("a", .fail, suite: "ltp", number: 16),
                    Self.result("a", .fail, suite: "ltp", number: 17),
                ]
            )
            let comparison = try await test.store.compare(after, with: before, limit: 9, metricLimit: 0)
            let regressions = comparison.tests[.regression]?.map { "\($0.suite)/\($0.name) \($0.suiteRun)" }
            #expect(regressions == ["boot/up 1", "ltp/a 1"])
            #expect(comparison.totals[.stillFailing] == 1)
            #expect(comparison.totals[.newFailure] == nil)
        }
    }

    @Test("Each test is a regression, a new failure, a fix, vanished, still failing, or the same")
    func kinds() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(
                test,
                number: 1,
                [
                    Self.result("breaks", .pass), Self.result("mends", .fail), Self.result("bad", .fail),
                    Self.result("good", .pass), Self.result("goes", .pass), Self.result("wakes", .skip),
                    Self.result("time", .pass, measurement: "10"), Self.result("breaks", .fail, suite: "lava"),
                    Self.result("twice", .pass, number: 4), Self.result("twice", .pass, number: 5),
                ]
            )
            let after = try await Self.ended(
                test,
                number: 2,
                [
                    Self.result("breaks", .fail), Self.result("mends", .pass), Self.result("bad", .fail),
                    Self.result("good", .pass), Self.result("comes", .fail), Self.result("wakes", .fail),
                    Self.result("time", .pass, measurement: "15"),
                    Self.result("twice", .pass, number: 8), Self.result("twice", .fail, number: 9),
                ]
            )
            let found = try await test.store.compare(after, with: before, limit: 10, metricLimit: 10)
            #expect(found.tests[.regression]?.map(\.name) == ["breaks", "twice"])
            #expect(found.tests[.regression]?.map(\.labJob) == [2, 2])
            #expect(found.tests[.regression]?.map(\.startLogLine) == [7, 7])
            #expect(found.tests[.newFailure]?.map(\.name) == ["comes", "wakes"])
            #expect(found.tests[.newFailure]?.map(\.before) == [nil, .skip])
            #expect(found.tests[.fix]?.map(\.name) == ["mends"])
            #expect(found.tests[.vanished]?.map(\.name) == ["goes"])
            #expect(found.totals[.stillFailing] == 1)
            #expect(found.metrics.map(\.before) == [10])
            #expect(found.metrics.map(\.after) == [15])
            #expect(found.metrics.first?.units == "ms")
            let cut = try await test.store.compare(after, with: before, limit: 1, metricLimit: 0)
            #expect(cut.tests[.regression]?.map(\.name) == ["breaks"])
            #expect(cut.totals[.regression] == 2)
            let alone = try await test.store.compare(after, with: nil, limit: 10, metricLimit: 10)
            #expect(alone.tests.isEmpty)
            #expect(alone.metricTotal == 1)
        }
    }

    @Test("Two jobsets differ in tests of every kind, those that fail in both among them, and in environments")
    func difference() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(
                test,
                number: 1,
                [Self.result("bad", .fail), Self.result("worse", .fail), Self.result("breaks", .pass)]
            )
            let after = try await Self.ended(
                test,
                number: 2,
                [Self.result("bad", .fail), Self.result("worse", .fail), Self.result("breaks", .fail)]
            )
            let found = try await test.store.difference(
                of: after,
                from: before,
                limit: 9,
                metricLimit: 9,
                within: .seconds(60)
            )
            #expect(found.tests.tests[.stillFailing]?.map(\.name) == ["bad", "worse"])
            #expect(found.tests.totals[.stillFailing] == 2 && found.tests.totals[.regression] == 1)
            #expect(found.jobs.isEmpty && found.environments == EnvironmentDifferences())
            let elsewhere = try await test.store.difference(
                of: after,
                from: before,
                environment: "juno",
                limit: 9,
                metricLimit: 9,
                within: .seconds(60)
            )
            #expect(elsewhere.tests == TestComparison())
            let itself = try await test.store.difference(
                of: after,
                from: after,
                limit: 9,
                metricLimit: 9,
                within: .seconds(60)
            )
            #expect(itself.environments == EnvironmentDifferences() && itself.jobs.isEmpty)
            try await test.client.execute("update jobset set results_removed_at = now() where id = \(before)")
            await #expect(throws: FleetRefusal.noLongerKept(jobset: before.text, part: .results)) {
                _ = try await test.store.difference(
                    of: after,
                    from: before,
                    limit: 9,
                    metricLimit: 9,
                    within: .seconds(60)
                )
            }
            await #expect(throws: QuestionFailure.tooLong) {
                _ = try await test.store.difference(of: after, from: before, limit: 9, metricLimit: 9, within: .zero)
            }
        }
    }

    @Test("A build's latest jobset that has finished is found, else one that runs; canceled ones last")
    func latest() async throws {
        try await TestStore.with { test in
            let build = try #require(Build("/group/project/v1"))
            #expect(try await test.store.latestJobset(of: build, otherThan: UUID()) == nil)
            let first = try await Self.ended(test, number: 1)
            let second = try await Self.ended(test, number: 2)
            #expect(try await test.store.latestJobset(of: build, otherThan: UUID()) == second)
            #expect(try await test.store.latestJobset(of: build, otherThan: second) == first)
            try await test.client.execute("update jobset set verdict = 'canceled' where id = \(second)")
            #expect(try await test.store.latestJobset(of: build, otherThan: UUID()) == first)
        }
    }

    @Test("A job that did not complete fixes nothing: its tests have vanished, and are marked")
    func incomplete() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(test, number: 1, [Self.result("bad", .fail), Self.result("good", .pass)])
            let after = try await Self.ended(test, number: 2, health: "Incomplete", [Self.result("good", .fail)])
            let found = try await test.store.compare(after, with: before, limit: 10, metricLimit: 10)
            #expect(found.tests[.fix] == nil)
            #expect(found.tests[.vanished]?.map(\.name) == ["bad"])
            #expect(found.tests[.vanished]?.map(\.isJobIncomplete) == [true])
            #expect(found.tests[.regression]?.map(\.isJobIncomplete) == [true])
        }
    }

    @Test("Environment by environment a comparison comes to the same as in one")
    func pieces() async throws {
        try await TestStore.with { test in
            let names = ["a b", "B", "a", "é", "ab", "z"]
            func jobset(number: Int, _ status: (Int) -> ResultStatus) async throws -> UUID {
                let id = UUID()
                let jobs = names.map { JobEntry(environment: $0, backend: "lab-a", definition: "job_name: a") }
                let build = try #require(Build("/group/project/v1"))
                _ = try await test.store.acceptJobset(id: id, document: JobsetDocument(build: build, jobs: jobs))
                try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
                for (index, job) in try await test.rows(of: id).enumerated() {
                    let row = try await test.endInLab(job, [number + index: "Complete"])[0]
                    let results = (0..<12).map { place in
                        Self.result(
                            "case \(place)",
                            status(index + place),
                            measurement: "\(number % 7 + place * index)"
                        )
                    }
                    _ = try await test.store.finishLabJobs([FetchedLabJob(id: row, results: results)])
                }
                return id
            }
            let before = try await jobset(number: 100) { $0 % 3 == 0 ? .fail : .pass }
            let after = try await jobset(number: 200) { $0 % 4 == 0 ? .fail : $0 % 5 == 0 ? .skip : .pass }
            for (limit, metricLimit) in [(100, 100), (3, 5)] {
                let whole = try await test.store.compare(after, with: before, limit: limit, metricLimit: metricLimit)
                var sum = TestComparison()
                for piece in [["z", "a b"], ["é"], ["B", "a"], ["ab"]] {
                    let part = try await test.store.compare(
                        after,
                        with: before,
                        environments: piece,
                        limit: limit,
                        metricLimit: metricLimit,
                        within: .seconds(60)
                    )
                    sum.add(part, limit: limit, metricLimit: metricLimit)
                }
                #expect(whole.totals[.regression] ?? 0 > 3)
                #expect(whole.metricTotal == 72)
                #expect(sum == whole)
            }
        }
    }

    @Test("What takes longer than its limit is told apart from what fails")
    func limits() async throws {
        try await TestStore.with { test in
            let id = try await Self.ended(test, number: 1, [Self.result("a", .fail)])
            await #expect(throws: QuestionFailure.tooLong) {
                _ = try await test.store.suites(of: id, limit: 1, within: .zero)
            }
            await #expect(throws: QuestionFailure.tooLong) {
                _ = try await test.store.asking(within: .milliseconds(50)) { sql in
                    try sql.query("select pg_sleep(60)")
                }
            }
            let refusal = try await #require(throws: QuestionFailure.self) {
                _ = try await test.store.asking(within: .seconds(10)) { sql in try sql.query("select 1 / 0") }
            }
            guard case .refused = refusal else { return #expect(Bool(false), "it was refused") }
            #expect(try await test.store.results(of: id, ResultFilter(status: .fail), within: .seconds(10)).count == 1)
        }
    }

    @Test("Environments that the jobset does not have are counted and not compared")
    func environments() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(test, environment: "juno", number: 1, [Self.result("a", .pass)])
            let after = try await Self.ended(test, number: 2, [Self.result("a", .pass)])
            let found = try await test.store.compare(after, with: before, limit: 10, metricLimit: 10)
            #expect(found.tests.isEmpty)
            let environments = try await test.store.environmentDifferences(of: after, with: before, limit: 9)
            #expect(environments.missing == ["juno"] && environments.missingTotal == 1)
            #expect(environments.new == ["qemu"] && environments.newTotal == 1)
            let sizes = try await test.store.environmentSizes(of: after, with: before)
            #expect(sizes == [EnvironmentSize(environment: "qemu", tests: 1)])
        }
    }

    @Test(
        "The latest that finished serves, not one that is stuck, canceled, of another project or without a complete job"
    )
    func best() async throws {
        try await TestStore.with { test in
            let first = try await Self.ended(test, number: 1)
            let good = try await Self.ended(test, number: 2)
            _ = try await Self.ended(test, "/group/other/v1", number: 3)
            _ = try await Self.ended(test, environment: "juno", number: 4)
            _ = try await Self.ended(test, number: 5, health: "Incomplete")
            let canceled = try await Self.ended(test, number: 6)
            try await test.client.execute("update jobset set verdict = 'canceled' where id = \(canceled)")
            _ = try await test.accept(jobs: 1)
            let this = try await Self.ended(test, number: 7)
            _ = try await Self.ended(test, number: 8)
            #expect(Self.found(try await test.store.baseline(of: this)) == good)
            #expect(Self.found(try await test.store.baseline(of: good)) == first)
            #expect(try await test.store.baseline(of: first) == .none)
            let empty = UUID()
            _ = try await test.store.acceptJobset(id: empty, document: try TestStore.document(jobs: 0))
            #expect(try await test.store.baseline(of: empty) == .none)
        }
    }

    @Test("A named baseline serves by id, build or version; one that is not there or has not finished is said")
    func named() async throws {
        try await TestStore.with { test in
            let old = try await Self.ended(test, "/group/project/v0", number: 1)
            _ = try await Self.ended(test, number: 2)
            let running = try await test.accept(jobs: 1).id
            var number = 3
            func baseline(_ text: String) async throws -> Baseline {
                number += 1
                let name = try #require(BaselineName(text))
                let id = try await Self.ended(test, "/group/project/v9", number: number, baseline: name)
                #expect(try await test.store.jobset(id: id)?.baseline == name)
                return try await test.store.baseline(of: id)
            }
            #expect(Self.found(try await baseline(old.uuidString)) == old)
            #expect(Self.found(try await baseline("/group/project/v0")) == old)
            #expect(Self.found(try await baseline("v0")) == old)
            #expect(try await baseline("v7") == .unknown(name: "v7"))
            #expect(try await baseline("/nobody/project/v0") == .unknown(name: "/nobody/project/v0"))
            let name = "\(BaselineName.jobset(running))"
            #expect(try await baseline(name) == .unfinished(name: name))
        }
    }

    @Test("Another project's jobset serves only where it may be read; else it is as one that is not there")
    func othersBaseline() async throws {
        try await TestStore.with { test in
            let theirs = try await Self.ended(test, "/b/y/1", number: 1)
            let readers = Permissions([.init([.read], in: [.project(group: "b", project: "y")])])
            let others = Permissions([
                .init([.read], in: [.group("group"), .project(group: "b", project: "x")]),
                .init(Set(Ability.allCases).subtracting([.read]), in: [.all]),
            ])
            var number = 10
            func baseline(
                _ text: String,
                by sender: Permissions? = nil,
                rules: NamingRules = NamingRules()
            ) async throws -> Baseline {
                number += 1
                let (name, build) = (BaselineName(text), "/group/project/v9")
                let id = try await Self.ended(test, build, number: number, baseline: name, by: sender, rules: rules)
                return try await test.store.baseline(of: id)
            }
            for name in [theirs.uuidString.lowercased(), "/b/y/1"] {
                #expect(try await baseline(name) == .unknown(name: name))
                #expect(try await baseline(name, by: others) == .unknown(name: name))
                #expect(try await baseline(name, rules: NamingRules(publishers: others)) == .unknown(name: name))
                #expect(Self.found(try await baseline(name, by: readers)) == theirs)
                #expect(Self.found(try await baseline(name, rules: NamingRules(publishers: readers))) == theirs)
            }
            for name in [UUID().uuidString.lowercased(), "/b/y/2"] {
                #expect(try await baseline(name, by: others) == .unknown(name: name))
                #expect(try await baseline(name, by: readers) == .unknown(name: name))
            }
        }
    }

    @Test("A jobset that is sent out again is compared with the same baseline, though a later one has come")
    func generations() async throws {
        try await TestStore.with { test in
            let slow = try await Self.ended(test, number: 1)
            let good = try await Self.ended(test, number: 2)
            try await test.client.execute(
                "update jobset set state = 'running', verdict = null, finished_at = null, pending = 1 where id = \(good)"
            )
            let this = try await Self.ended(test, number: 3)
            #expect(Self.found(try await test.store.baseline(of: this)) == slow)
            let report = ArchivedReport([.json: "{}"])
            try await test.store.storeReport(report, of: this, generation: 1, baseline: slow)
            try await test.client.execute(
                "update jobset set state = 'finished', verdict = 'passed', finished_at = now(), pending = 0 where id = \(good)"
            )
            #expect(Self.found(try await test.store.baseline(of: this)) == slow)
        }
    }

    @Test("Queue and run times, suites, and the pages of results")
    func times() async throws {
        try await TestStore.with { test in
            let id = try await Self.ended(
                test,
                number: 1,
                [
                    Self.result("a", .pass), Self.result("b", .fail), Self.result("a", .skip, number: 4),
                    Self.result("a", .fail, suite: "lava", number: 9),
                ]
            )
            let times = try #require(try await test.store.jobTimes(of: id, limit: 5))
            #expect(times.queue == JobTimes.Spread(median: 10, longest: 10, sum: 10))
            #expect(times.run.sum == 10)
            #expect(times.slowest.map(\.labJob) == [1])
            let (suites, total) = try await test.store.suites(of: id, limit: 5)
            #expect(suites.map(\.tests) == [TestCounts(pass: 1, fail: 1, skip: 1, unknown: 0)])
            #expect(total == 1)
            let runs = try await test.store.repeatedSuites(of: id, limit: 5)
            #expect(runs == [RepeatedSuite(position: 0, labJob: 1, suiteNumber: 4): 2])
            var filter = ResultFilter(limit: 1)
            var names: [String] = []
            repeat {
                let page = try await test.store.resultPage(of: id, filter)
                #expect(page.results.count == 1)
                names += page.results.map { "\($0.name) \($0.status)" }
                filter.after = page.next
            } while filter.after != nil
            #expect(names == ["a pass", "b fail", "a skip"])
            let others = ResultFilter(status: .fail, isStatusExcluded: true)
            #expect(try await test.store.results(of: id, others).count == 2)
            let empty = UUID()
            _ = try await test.store.acceptJobset(id: empty, document: try TestStore.document(jobs: 0))
            #expect(try await test.store.jobTimes(of: empty, limit: 5) == nil)
        }
    }
}
