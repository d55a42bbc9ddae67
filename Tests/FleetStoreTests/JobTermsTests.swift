// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Priority, retries and limits of time of a single job", .timeLimit(.minutes(10)))
struct JobTermsTests {
    private static let limits = LabJobLimits(queued: .seconds(3_600), running: .seconds(600), stuckMember: nil)
    private static let none = LabJobLimits(queued: nil, running: nil, stuckMember: nil)

    private static func entry(
        priority: Int = 50,
        retries: Int? = nil,
        timeout: JobTimeout? = nil,
        labJob: Int? = nil
    ) -> JobEntry {
        JobEntry(
            environment: "e",
            backend: "lab-a",
            definition: labJob == nil ? "a: 1" : "",
            labJob: labJob,
            priority: priority,
            retries: retries,
            timeout: timeout
        )
    }

    private static func accept(
        _ entries: [JobEntry],
        retries: Int = 0,
        isOpen: Bool = false,
        rules: NamingRules = NamingRules(),
        in test: TestStore
    ) async throws -> (id: UUID, jobs: [Int]) {
        let id = UUID()
        let document = JobsetDocument(
            build: try #require(Build("/g/p/1")),
            jobs: entries,
            retries: retries,
            isOpen: isOpen
        )
        guard case .accepted = try await test.store.acceptJobset(id: id, document: document, rules: rules) else {
            throw NeverHappened(what: "a jobset")
        }
        return (id, try await test.rows(of: id))
    }

    private static func expire(_ test: TestStore, _ limits: LabJobLimits) async throws -> [String] {
        let overdue = try await test.store.overdueLabJobs(backend: "lab-a", limits: limits, limit: 10)
        return try await test.store.expireJobs(ofLabJobs: overdue.map(\.id), backend: "lab-a", limits: limits).done
    }

    /// The positions of the jobs that go out next.
    private static func take(_ number: Int, in test: TestStore) async throws -> [Int] {
        let terms = QueueTerms(maximumInFlight: 1_000, queueLength: 1_000)
        let taken = try await test.store.takeDueJobs(backend: "lab-a", terms: terms, limit: number).map(\.id)
        let rows = try await test.client.query("select id, position from job where id = any(\(taken))")
        let positions = Dictionary(uniqueKeysWithValues: try rows.map { try $0.decode(Int.self, Int.self) })
        return taken.compactMap { positions[$0] }
    }

    @Test("What a document says of a job is stored with it, and what it does not say is not")
    func stored() async throws {
        try await TestStore.with { test in
            let timeout = JobTimeout(queued: 7_200, running: 60)
            let (id, _) = try await Self.accept(
                [Self.entry(priority: 80, retries: 0, timeout: timeout), Self.entry()],
                in: test
            )
            let jobs = try await test.store.jobs(of: id)
            #expect(jobs.map(\.priority) == [80, 50])
            #expect(jobs.map(\.retries) == [0, nil])
            #expect(jobs.map(\.timeout) == [timeout, nil])
        }
    }

    @Test("A job beyond its own limit ends with a reason, and its neighbours run on")
    func timeout() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.accept(
                [
                    Self.entry(timeout: JobTimeout(queued: 60)), Self.entry(timeout: JobTimeout(running: 30)),
                    Self.entry(timeout: JobTimeout(queued: 9_000, running: 9_000)), Self.entry(),
                ],
                in: test
            )
            for (index, job) in jobs.enumerated() { try await test.submit(job, as: [index + 1]) }
            try await test.client.execute("update attempt set submitted_at = now() - interval '61 s'")
            try await test.client.execute(
                "update lab_job set start_time = now() - interval '31 s', submit_time = now() - interval '61 s' where number > 1"
            )
            for limits in [Self.none, Self.limits] {
                let expected = [
                    "lab job 1 was queued for 61 s; the limit of the job is 60 s",
                    "lab job 2 was running for 31 s; the limit of the job is 30 s",
                ]
                #expect(try await Self.expire(test, limits) == (limits == Self.none ? expected : []))
            }
            #expect(try await test.store.jobs(of: id).map(\.outcome) == [.expired, .expired, nil, nil])
            #expect(try await test.store.jobset(id: id)?.pending == 2)
            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(Set(canceled.map(\.labJob.number)) == [1, 2])
        }
    }

    @Test("The limit of the lab holds for a job whose own is longer")
    func longer() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await Self.accept(
                [Self.entry(timeout: JobTimeout(queued: 9_000, running: 9_000))],
                in: test
            )
            try await test.submit(jobs[0], as: [1])
            try await test.client.execute("update attempt set submitted_at = now() - interval '3601 s'")
            #expect(
                try await Self.expire(test, Self.limits)
                    == ["lab job 1 was queued for 3601 s; the limit of lab-a is 3600 s"]
            )
        }
    }

    @Test("A job that its lab has already has its own limit too, and each attempt has the whole of it")
    func attempts() async throws {
        try await TestStore.with { test in
            let timeout = JobTimeout(running: 60)
            let (_, watched) = try await Self.accept(
                [Self.entry(timeout: timeout, labJob: 9)],
                rules: TestStore.watching,
                in: test
            )
            let (id, jobs) = try await Self.accept([Self.entry(retries: 1, timeout: timeout)], in: test)
            let first = try await test.endInLab(jobs[0], [7: "Incomplete"])
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: first[0], isInfrastructure: true)])
            try await test.submit(jobs[0], as: [8])
            #expect(try await Self.expire(test, Self.none).isEmpty)
            try await test.client.execute(
                "update attempt set submitted_at = now() - interval '90 s' where state = 'submitted'"
            )
            try await test.client.execute(
                "update lab_job set start_time = now() - interval '61 s' where state = 'submitted'"
            )
            #expect(try await Self.expire(test, Self.none).count == 2)
            let ended = try await test.integers("select id from job where outcome = 'expired' order by id")
            #expect(ended == watched + jobs)
            #expect(try await test.store.jobset(id: id)?.outcomes == ["expired": 1])
        }
    }

    @Test("A job is tried again as often as it says, more or less often than its jobset's others", arguments: [0, 1])
    func retries(ofJobset retries: Int) async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.accept(
                [Self.entry(retries: 0), Self.entry(retries: 2), Self.entry()],
                retries: retries,
                in: test
            )
            for number in 1...4 {
                for (index, job) in jobs.enumerated()
                where try await test.isTrue("select state = 'waiting' from job where id = \(job)") {
                    let rows = try await test.endInLab(job, [number * 10 + index: "Incomplete"])
                    _ = try await test.store.finishLabJobs([FetchedLabJob(id: rows[0], isInfrastructure: true)])
                }
            }
            #expect(try await test.store.jobs(of: id).map(\.attempts) == [1, 3, 1 + retries])
            #expect(try await test.store.jobset(id: id)?.outcomes == ["incomplete": 3])
        }
    }

    @Test("The jobs of a jobset go to a lab by their priority, and by their place where it is the same")
    func priority() async throws {
        try await TestStore.with { test in
            _ = try await Self.accept([50, 10, 90, 50, 90].map { Self.entry(priority: $0) }, in: test)
            #expect(try await Self.take(1, in: test) == [2])
            #expect(try await Self.take(3, in: test) == [4, 0, 3])
            #expect(try await Self.take(9, in: test) == [1])
            #expect(try await test.store.correctTurns() == 0)
        }
    }

    @Test("A job that is not due keeps none of a lower priority back, and goes first when it is")
    func notDue() async throws {
        try await TestStore.with { test in
            _ = try await Self.accept([90, 50, 50].map { Self.entry(priority: $0) }, in: test)
            try await test.client.execute("update job set resume_at = now() + interval '1 h' where position = 0")
            #expect(try await Self.take(1, in: test) == [1])
            try await test.client.execute("update job set resume_at = now() where position = 0")
            #expect(try await Self.take(9, in: test) == [0, 2])
        }
    }

    @Test("What is added takes its place by priority, whatever the jobset had before")
    func added() async throws {
        try await TestStore.with { test in
            let (id, _) = try await Self.accept([Self.entry(), Self.entry()], isOpen: true, in: test)
            let (high, _) = try await Self.accept([Self.entry(priority: 90)], isOpen: true, in: test)
            for (jobset, priorities) in [(id, [20, 70]), (high, [50, 95])] {
                let addition = JobsetAddition(jobsetID: jobset, jobs: priorities.map { Self.entry(priority: $0) })
                guard case .accepted = try await test.store.addJobs(id: UUID(), addition: addition) else {
                    throw NeverHappened(what: "an addition")
                }
            }
            var order: [UUID: [Int]] = [:]
            let taken = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 100, limit: 100).map(\.id)
            for job in taken {
                let row = try #require(
                    try await test.client.query("select jobset_id, position from job where id = \(job)").first
                )
                let (jobset, position) = try row.decode(UUID.self, Int.self)
                order[jobset, default: []].append(position)
            }
            #expect(order == [id: [3, 0, 1, 2], high: [2, 0, 1]])
        }
    }

    @Test("A high priority of a job takes no place from another jobset, and a failing lab is tried by the first job")
    func amongJobsets() async throws {
        try await TestStore.with { test in
            let (one, _) = try await Self.accept((0..<4).map { _ in Self.entry(priority: 100) }, in: test)
            let (other, _) = try await Self.accept((0..<4).map { _ in Self.entry(priority: 0) }, in: test)
            let terms = QueueTerms(maximumInFlight: 4, queueLength: 100)
            let taken = try await test.store.takeDueJobs(backend: "lab-a", terms: terms, limit: 4).map(\.id)
            for jobset in [one, other] {
                #expect(
                    try await test.count("select count(*) from job where jobset_id = \(jobset) and id = any(\(taken))")
                        == 2
                )
            }
            let (last, _) = try await Self.accept([10, 60].map { Self.entry(priority: $0) }, in: test)
            try await test.client.execute("update backend set probe_at = now(), failures = 9 where name = 'lab-a'")
            try await test.client.execute("update job set resume_at = null where jobset_id <> \(last)")
            #expect(try await Self.take(9, in: test) == [1])
        }
    }

    @Test("A retried jobset keeps what its jobs say")
    func generations() async throws {
        try await TestStore.with { test in
            let timeout = JobTimeout(running: 60)
            let (id, jobs) = try await Self.accept(
                [Self.entry(), Self.entry(priority: 70, retries: 1, timeout: timeout)],
                in: test
            )
            #expect(try await Self.take(9, in: test) == [1, 0])
            _ = try await test.store.finishJobs(
                jobs.map { JobEnd(jobID: $0, outcome: .incomplete, reason: "no power") }
            )
            try await test.client.execute("update delivery set state = 'delivered'")
            _ = try await test.store.retryJobs(of: id, .failed)
            #expect(try await Self.take(9, in: test) == [1, 0])
            let job = try #require(try await test.store.jobs(of: id).last)
            #expect(job.priority == 70 && job.retries == 1 && job.timeout == timeout)
        }
    }

    @Test("What a worker that knows no priorities of jobs has kept of a jobset is put right by the recount")
    func olderWorker() async throws {
        try await TestStore.with { test in
            _ = try await Self.accept([Self.entry(priority: 80), Self.entry(priority: 80)], in: test)
            #expect(try await Self.take(1, in: test) == [0])
            // What this has changed is added up, and nothing else changes.
            #expect(try await Self.take(0, in: test).isEmpty)
            try await test.client.execute("update turn set job_priorities = null")
            #expect(try await Self.take(1, in: test).isEmpty)
            #expect(try await test.store.correctTurns() == 0)
            #expect(try await Self.take(1, in: test) == [1])
        }
    }
}
