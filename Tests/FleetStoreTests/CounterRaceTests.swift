// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Counter under concurrency", .timeLimit(.minutes(10)))
struct CounterRaceTests {
    /// Writes down each job's step into its end, as the rows themselves can't.
    private static let witness = """
        create table step (job_id bigint not null);
        create function note_step() returns trigger language plpgsql as $$
        begin
            insert into step values (new.id);
            return null;
        end $$;
        create trigger step after update of state on job for each row
            when (old.state <> 'finished' and new.state = 'finished') execute function note_step();
        """

    @Test("An attempt that is begun while its job ends has ended with it")
    func claimedMeanwhile() async throws {
        try await TestStore.with(connections: 4) { test in
            let job = try #require(try await test.accept(jobs: 1).jobs.first)
            async let claim: Void = test.client.withTransaction { sql in
                // As a claim does, which takes its time to commit.
                try sql.execute("select from job where id = \(job) and state = 'waiting' for no key update")
                try sql.execute(
                    """
                    insert into attempt (id, job_id, number, generation, backend, claimed_by, claimed_until)
                    values (gen_random_uuid(), \(job), 1, 1, 'lab-a', gen_random_uuid(), now() + interval '1 h')
                    """
                )
                try sql.execute("select pg_sleep(2)")
            }
            try await eventually("the claim to have its job") {
                try await !test.client.query(
                    "select from pg_stat_activity where application_name = \(test.name) and wait_event = 'PgSleep'"
                ).isEmpty
            }
            let end = JobEnd(jobID: job, outcome: .expired, reason: "late")
            #expect(try await test.store.finishJobs([end]).count == 1)
            try await claim
            #expect(try await test.isTrue("select state = 'ended' and claimed_by is null from attempt"))
        }
    }

    @Test("Eight that finish overlapping groups of the same 500 jobs count each once and finish each jobset once")
    func overlapping() async throws {
        // One attempt a transaction: a deadlock must not hide behind a repeat.
        try await TestStore.with(connections: 8, attempts: 1) { test in
            try await test.client.withTransaction { try $0.executeScript(Self.witness) }
            var ids: Set<UUID> = []
            var jobs: [Int] = []
            for _ in 0..<5 {
                let jobset = try await test.accept(jobs: 100)
                ids.insert(jobset.id)
                jobs += jobset.jobs
            }
            let finished = try await finishAll(jobs, by: 8, in: test.store)

            #expect(finished.count == 5)
            #expect(Set(finished.map(\.id)) == ids)
            for id in ids {
                let status = try #require(try await test.store.jobset(id: id))
                #expect(status.pending == 0)
                #expect(status.state == .finished)
                #expect(status.verdict == .passed)
                #expect(status.outcomes == ["complete": 100])
                #expect(try await test.store.deliveries(of: id).map(\.kind) == ["report", "callback"])
            }
            #expect(try await test.count("select count(*) from step") == 500)
            #expect(try await test.count("select count(distinct job_id) from step") == 500)
            #expect(try await test.count("select count(*) from jobset where state = 'running'") == 0)
            #expect(try await test.store.counterMismatches(limit: 10).isEmpty)
        }
    }

    /// Each takes every job, in an order and in groups of its own.
    private func finishAll(_ jobs: [Int], by workers: Int, in store: FleetStore) async throws -> [FinishedJobset] {
        try await withThrowingTaskGroup(of: [FinishedJobset].self) { group in
            for _ in 0..<workers {
                group.addTask {
                    var finished: [FinishedJobset] = []
                    var rest = jobs.shuffled()[...]
                    while !rest.isEmpty {
                        let some = rest.prefix(Int.random(in: 1...40))
                        rest = rest.dropFirst(some.count)
                        finished += try await store.finishJobs(TestStore.complete(Array(some)))
                    }
                    return finished
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test("Two last members of one multinode attempt, brought in at once, end the job", arguments: [50])
    func lastMembers(times: Int) async throws {
        try await TestStore.with(attempts: 1) { test in
            let (id, jobs) = try await test.accept(jobs: times)
            var pairs: [[Int]] = []
            for (index, job) in jobs.enumerated() {
                pairs.append(try await test.endInLab(job, [index * 2: "Complete", index * 2 + 1: "Complete"]))
            }
            var finished: [FinishedJobset] = []
            for pair in pairs {
                async let first = test.store.finishLabJobs([FetchedLabJob(id: pair[0])]).finished
                async let second = test.store.finishLabJobs([FetchedLabJob(id: pair[1])]).finished
                finished += try await first + second
            }
            #expect(finished == [FinishedJobset(id: id, generation: 1)])
            #expect(try await test.store.jobset(id: id)?.outcomes == ["complete": times])
        }
    }

    @Test("Both members written and neither committed: the later of the two sees the earlier")
    func metAtTheJobset() async throws {
        try await TestStore.with(attempts: 1) { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let pair = try await test.endInLab(jobs[0], [1: "Complete", 2: "Complete"])
            let finished = try await test.withJobsetLocked(id, untilWaiting: 2) {
                async let first = test.store.finishLabJobs([FetchedLabJob(id: pair[0])]).finished
                async let second = test.store.finishLabJobs([FetchedLabJob(id: pair[1])]).finished
                return try await first + second
            }
            #expect(finished == [FinishedJobset(id: id, generation: 1)])
        }
    }
}
