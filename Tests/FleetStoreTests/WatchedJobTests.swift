// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Jobs that are only watched", .timeLimit(.minutes(10)))
struct WatchedJobTests {
    @Test("They are in their lab from the beginning, under any tag, and are asked for at once")
    func begin() async throws {
        try await TestStore.with { test in
            let id = try await test.watch([17])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.pending == 1)
            #expect(status.inLab == 1)
            #expect(try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 9, limit: 9).isEmpty)
            let outstanding = try await test.store.takeOutstanding(backend: "lab-a", age: .seconds(3600), limit: 9)
            #expect(outstanding.map(\.number) == [17])
            #expect(outstanding.allSatisfy { $0.isTagged(nil) && $0.isTagged(UUID()) })
            let look = WatchedLabJobLook(id: try #require(outstanding.first?.id), tag: UUID(), submitTime: .now)
            #expect(try await test.store.othersJobs(among: [look]).isEmpty)
            let seen = TestStore.seen(17, tag: UUID(), health: "Complete")
            let finished = try await test.store.observeFinished([seen], backend: "lab-a")
            #expect(finished.map(\.number) == [17])
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: try #require(finished.first?.id))])
            #expect(try await test.store.jobset(id: id)?.outcomes == ["complete": 1])
        }
    }

    @Test("That a lab has one is no sign that it takes others: a job that waits for it is undeliverable all the same")
    func noProof() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            _ = try await test.watch([17])
            try await test.client.execute(
                """
                update job set created_at = now() - interval '1 h', waiting_since = now() - interval '1 h'
                where id = \(jobs[0])
                """
            )
            #expect(try await test.store.endUndeliverable(after: .seconds(60), batch: 9).finished.map(\.id) == [id])
            #expect(try await test.store.jobset(id: id)?.outcomes == ["undeliverable": 1])
        }
    }

    @Test("One that its lab fails is not tried again, neither by retries nor by hand")
    func retry() async throws {
        try await TestStore.with { test in
            let id = try await test.watch([17], retries: 3)
            let seen = TestStore.seen(17, tag: nil, health: "Incomplete")
            let row = try #require(try await test.store.observeFinished([seen], backend: "lab-a").first?.id)
            let fetched = FetchedLabJob(id: row, errorType: "Infrastructure", isInfrastructure: true)
            #expect(try await test.store.finishLabJobs([fetched]).finished.map(\.id) == [id])
            try await test.client.execute("update delivery set state = 'delivered'")
            for selection in [RetrySelection.failed, .all] {
                await #expect(throws: FleetRefusal.nothingFailed) { try await test.store.retryJobs(of: id, selection) }
            }
            await #expect(throws: FleetRefusal.watched(position: 0)) {
                try await test.store.retryJobs(of: id, .jobs([0]))
            }
        }
    }

    @Test("Two jobsets may watch the same job, and both have it")
    func twice() async throws {
        try await TestStore.with { test in
            let ids = [try await test.watch([17]), try await test.watch([17, 18])]
            let seen = [17, 18].map { TestStore.seen($0, tag: nil, health: "Complete") }
            let rows = try await test.store.observeFinished(seen, backend: "lab-a")
            #expect(rows.count == 3)
            let finished = try await test.store.finishLabJobs(rows.map { FetchedLabJob(id: $0.id) }).finished
            #expect(Set(finished.map(\.id)) == Set(ids))
        }
    }

    @Test("Nobody watches without being allowed to, in a document or in an addition, and what is allowed is its own")
    func allowed() async throws {
        try await TestStore.with { test in
            let document = try TestStore.watching([17])
            let digest = document.digest
            let build = document.build
            let store = test.store
            #expect(try await store.acceptJobset(id: UUID(), document: document) == .mayNotWatch)
            // Another project, another ability, another id, another content: none of them is a permit.
            let id = UUID()
            for permissions in [
                Permissions([.init([.watch], in: [.project(group: "g", project: "other")])]),
                Permissions([.init(Set(Ability.allCases).subtracting([.watch]), in: [.all])]),
            ] {
                try await store.permit(document.names, in: build, id: id, digest: digest, by: permissions)
            }
            let watcher = Permissions([.init([.watch], in: [.group("g")])])
            try await store.permit(document.names, in: build, id: UUID(), digest: digest, by: watcher)
            let other = try TestStore.watching([18])
            try await store.permit(other.names, in: build, id: id, digest: other.digest, by: watcher)
            #expect(try await store.acceptJobset(id: id, document: document) == .mayNotWatch)
            try await store.permit(document.names, in: build, id: id, digest: digest, by: watcher)
            for isNew in [true, false] {
                let accepted = try await store.acceptJobset(id: id, document: document)
                #expect(accepted == .accepted(isNew: isNew, total: 1, finished: nil))
            }
            #expect(try await test.count("select count(*) from naming_permit where id = \(id)") == 1)

            let open = UUID()
            _ = try await store.acceptJobset(id: open, document: JobsetDocument(build: build, jobs: [], isOpen: true))
            let addition = JobsetAddition(jobsetID: open, jobs: document.jobs)
            let name = UUID()
            #expect(try await store.addJobs(id: name, addition: addition) == .refused(.mayNotWatch))
            try await store.permit(addition.names, in: build, id: name, digest: addition.digest, by: watcher)
            let added = Addition.accepted(isNew: true, total: 1, isSealed: false, finished: nil)
            #expect(try await store.addJobs(id: name, addition: addition) == added)
            let published = try await store.addJobs(id: UUID(), addition: addition, rules: TestStore.watching)
            #expect(published == .accepted(isNew: true, total: 2, isSealed: false, finished: nil))
            try await store.removePermits(olderThan: .zero)
            #expect(try await test.count("select count(*) from naming_permit") == 0)
        }
    }

    @Test("An attempt of another project is to whoever watches it as if it was not there", arguments: [true, false])
    func othersJob(hasTag: Bool) async throws {
        try await TestStore.with { test in
            let theirs = try await test.accept(jobs: 1)
            let attempt = try await test.submit(theirs.jobs[0], as: [17])
            let id = try await test.watch([17, 18])
            let seen = TestStore.seen(17, tag: hasTag ? attempt.id : nil)
            try await test.client.execute("update lab_job set submit_time = \(seen.submitTime) where not is_watched")
            let looks = try await test.looks(at: seen)
            let row = try await test.count(
                "select id from lab_job where number = 17 and is_watched"
            )
            #expect(try await test.store.othersJobs(among: looks) == [row])
            let hint = LabJobObservation(
                number: 17,
                labState: "Finished",
                health: "Complete",
                device: "board-1",
                submitTime: seen.submitTime,
                startTime: seen.startTime,
                endTime: seen.endTime
            )
            try await test.store.recordStates(hints: [hint], backend: "lab-a")
            _ = try await test.store.observeFinished(hints: [hint], backend: "lab-a")
            _ = try await test.store.observeFinished([seen], backend: "lab-a")
            let untouched = try await test.isTrue(
                """
                select state = 'submitted' and lab_state is null and health is null and device is null
                    and start_time is null from lab_job where number = 17 and is_watched
                """
            )
            #expect(untouched)
            let confirmed = try await test.store.confirmFinish(ofLabJob: row, seen)
            #expect(!confirmed)
            // The other one is nobody's of this fleet.
            #expect(
                try await test.store.observeFinished([TestStore.seen(18, tag: UUID())], backend: "lab-a").count == 1
            )
            for _ in 0..<2 {
                _ = try await test.store.recordMissing([row], present: [], grace: .zero)
            }
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.outcome == .lost)
            #expect(job.reason == "the lab has no job 17 that this project may watch")
        }
    }

    @Test("So is a lab job that another project's attempt has too many", arguments: [true, false])
    func othersSurplus(hasTag: Bool) async throws {
        try await TestStore.with { test in
            let theirs = try await test.accept(jobs: 1)
            let attempt = try await test.submit(theirs.jobs[0], as: [16])
            #expect(try await test.store.recordSubmission(attempt: attempt.id, labJobs: [.init(number: 17)]) == [17])
            _ = try await test.watch([17, 18])
            // The lab has taken it just now: a number from long before could be somebody else's.
            let looks = try await test.looks(at: TestStore.seen(17, tag: hasTag ? attempt.id : nil)).map {
                WatchedLabJobLook(id: $0.id, tag: $0.tag, submitTime: .now)
            }
            let row = try await test.count("select id from lab_job where number = 17 and is_watched")
            #expect(try await test.store.othersJobs(among: looks) == [row])
        }
    }

    @Test("A number that a lab which was set up anew gives to somebody else is not another project's")
    func setUpAnew() async throws {
        try await TestStore.with { test in
            let theirs = try await test.accept(jobs: 1)
            _ = try await test.submit(theirs.jobs[0], as: [17])
            try await test.client.execute("update lab_job set submit_time = now() - interval '3 days'")
            _ = try await test.watch([17])
            let seen = TestStore.seen(17, tag: nil)
            #expect(try await test.store.othersJobs(among: try await test.looks(at: seen)).isEmpty)
            #expect(try await test.store.observeFinished([seen], backend: "lab-a").count == 1)
        }
    }

    @Test("The own project's attempt may be watched")
    func ownJob() async throws {
        try await TestStore.with { test in
            let own = try await test.accept(jobs: 1)
            let attempt = try await test.submit(own.jobs[0], as: [17])
            _ = try await test.watch([17], build: "/group/project/2")
            let seen = TestStore.seen(17, tag: attempt.id)
            #expect(try await test.store.othersJobs(among: try await test.looks(at: seen)).isEmpty)
            #expect(try await test.store.observeFinished([seen], backend: "lab-a").count == 2)
        }
    }

    @Test("Nothing has a watched job canceled in its lab unless that lab allows it", arguments: [true, false])
    func canceled(isAllowed: Bool) async throws {
        try await TestStore.with { test in
            let rules = isAllowed ? TestStore.canceling : TestStore.watching
            let store = test.store
            func tells() async throws -> Int {
                let told = try await store.takeCancels(backend: "lab-a", limit: 99)
                try await store.settleCancels(told)
                return told.count
            }
            let canceled = try await test.watch([1], rules: rules)
            let end = try await store.cancelJobset(id: canceled, reason: "enough").done
            #expect(end.endedNow == (isAllowed ? 0 : 1))
            #expect(end.inLab == (isAllowed ? 1 : 0))
            #expect(end.inDoubt == 0)
            #expect(try await tells() == (isAllowed ? 1 : 0))
            if !isAllowed {
                let job = try #require(try await store.jobs(of: canceled).first)
                #expect(job.reason == "canceled: enough; lab job 1 was only watched and is left alone")
            }
            // One job fails, which is one too many; the other is watched.
            let limited = try await test.watch([2, 3], maxFailures: 0, rules: rules)
            let jobs = try await test.rows(of: limited)
            _ = try await store.finishJobs([JobEnd(jobID: jobs[0], outcome: .incomplete, reason: "no board")])
            try await store.markLabJobsToCancel()
            #expect(try await tells() == (isAllowed ? 1 : 0))
            let state: JobsetState = isAllowed ? .running : .finished
            #expect(try await store.jobset(id: limited)?.state == state)
            // Its deadline passes.
            let late = try await test.watch([4], rules: rules)
            try await test.client.execute("update jobset set deadline = now() where id = \(late)")
            #expect(try await store.passDeadline(cancels: true, batch: 9)?.done.expired == 1)
            #expect(try await tells() == (isAllowed ? 1 : 0))
            // It runs for too long.
            _ = try await test.watch([5], rules: rules)
            let row = try await test.count("select id from lab_job where number = 5")
            try await test.client.execute("update lab_job set start_time = now() - interval '1 h' where id = \(row)")
            try await test.client.execute("update attempt set submitted_at = now() - interval '1 h'")
            let limits = LabJobLimits(queued: nil, running: .seconds(60), stuckMember: nil)
            let expired = try await store.expireJobs(ofLabJobs: [row], backend: "lab-a", limits: limits)
            #expect(await expired.done.count == 1)
            #expect(try await tells() == (isAllowed ? 1 : 0))
            // Its lab is gone.
            _ = try await test.watch([6], rules: rules)
            try await test.client.execute("update attempt set submitted_at = now() - interval '1 h'")
            _ = try await store.endAbandoned(after: .seconds(60), batch: 99)
            // With those that are left of before.
            #expect((try await tells() > 0) == isAllowed)
        }
    }
}

extension TestStore {
    /// Anybody may watch, and no lab is told to cancel what is watched.
    static let watching = NamingRules(publishers: Permissions([.init([.watch], in: [.all])]))
    /// Anybody may watch, and what is watched may be canceled in its lab.
    static let canceling = NamingRules(publishers: watching.publishers, cancelableBackends: ["lab-a"])

    /// A jobset of jobs that lab-a has already.
    static func watching(
        _ numbers: [Int],
        build: String = "/g/p/1",
        retries: Int = 0,
        maxFailures: Int? = nil
    ) throws -> JobsetDocument {
        JobsetDocument(
            build: try #require(Build(build)),
            jobs: numbers.map { JobEntry(environment: "e", backend: "lab-a", definition: "", labJob: $0) },
            retries: retries,
            maxFailures: maxFailures.map { .count($0) }
        )
    }

    /// Accepts a jobset of jobs that lab-a has already.
    fileprivate func watch(
        _ numbers: [Int],
        build: String = "/g/p/1",
        retries: Int = 0,
        maxFailures: Int? = nil,
        rules: NamingRules = TestStore.watching
    ) async throws -> UUID {
        let id = UUID()
        let document = try Self.watching(numbers, build: build, retries: retries, maxFailures: maxFailures)
        guard case .accepted = try await store.acceptJobset(id: id, document: document, rules: rules) else {
            throw NeverHappened(what: "a jobset")
        }
        return id
    }

    /// Looks at what is watched under the number of what was seen.
    fileprivate func looks(at seen: LabJobObservation) async throws -> [WatchedLabJobLook] {
        try await integers("select id from lab_job where is_watched and number = \(seen.number)").map {
            WatchedLabJobLook(id: $0, tag: seen.tag, submitTime: seen.submitTime)
        }
    }
}
