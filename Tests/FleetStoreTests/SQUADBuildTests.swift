// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Builds of SQUAD's clients", .timeLimit(.minutes(10)))
struct SQUADBuildTests {
    private static let quiet = Duration.seconds(60)

    @Test("A build has one number and one jobset, however many ask for it at once")
    func once() async throws {
        try await TestStore.with(connections: 8) { test in
            let store = test.store
            let name = try #require(Build("/g/p/1"))
            let builds = try await withThrowingTaskGroup(of: SQUADBuild.self) { group in
                for _ in 0..<16 { group.addTask { try await store.squadBuild(name) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(builds.map(\.id)).count == 1)
            #expect(Set(builds.map(\.jobset)).count == 1)
            let build = try #require(builds.first)
            #expect(build.standing == .missing)
            // Of many that go on from one jobset it is one step.
            for _ in 0..<3 { try await store.moveOn(squadBuild: build.id, from: build.jobset) }
            let moved = try await store.squadBuild(name)
            #expect(moved.jobset != build.jobset)
            #expect(moved.previousJobset == build.jobset)
        }
    }

    @Test("A build is sealed when nothing has happened in it for long enough, and not before")
    func sealQuiet() async throws {
        try await TestStore.with { test in
            let build = try await test.openSQUADBuild()
            let id = build.jobset
            try await test.makeOld(id)
            // Without a job there is nothing to seal.
            #expect(try await test.store.sealQuietSQUADBuilds(after: Self.quiet, batch: 10).done.isEmpty)
            _ = try await test.store.addJobs(id: UUID(), addition: TestStore.addition(to: id, jobs: 1))
            try await test.makeOld(id)
            // One of its jobs has not ended.
            #expect(try await test.store.sealQuietSQUADBuilds(after: Self.quiet, batch: 10).done.isEmpty)
            _ = try await test.store.finishJobs(TestStore.complete(test.rows(of: id)))
            // One has just ended.
            #expect(try await test.store.sealQuietSQUADBuilds(after: Self.quiet, batch: 10).done.isEmpty)
            try await test.makeOld(id)
            // Another has its number and is on its way.
            let addition = UUID()
            let job = try await test.store.numberSquadJob(build: build.id, jobset: id, addition: addition)
            await #expect(throws: FleetRefusal.jobsOnTheWay(count: 1)) { try await test.store.sealJobset(id: id) }
            #expect(try await test.store.sealQuietSQUADBuilds(after: Self.quiet, batch: 10).done.isEmpty)
            try await test.store.dropSquadJob(#require(job?.id))
            let sealed = try await test.store.sealQuietSQUADBuilds(after: Self.quiet, batch: 10)
            #expect(await sealed.done == [id])
            #expect(sealed.finished == [FinishedJobset(id: id, generation: 1)])
            #expect(try await test.store.jobset(id: id)?.sealedReason == "quiet: no job came in or ended for 60 s")
            // What is sealed gives out no numbers.
            #expect(try await test.store.numberSquadJob(build: build.id, jobset: id, addition: addition) == nil)
        }
    }

    @Test("What is refused of another jobset's under the same id says nothing of a test job")
    func othersRefusal() async throws {
        try await TestStore.with { test in
            let build = try await test.openSQUADBuild()
            let addition = UUID()
            let job = try #require(
                try await test.store.numberSquadJob(build: build.id, jobset: build.jobset, addition: addition)
            )
            for (number, jobset) in [UUID(), build.jobset].enumerated() {
                try await test.store.recordRejection(
                    messageID: addition.text,
                    digest: [UInt8](repeating: UInt8(number), count: 32),
                    problem: Problem(.notAdded(jobset: jobset.text, reason: "it is sealed")),
                    body: [],
                    keepBytes: 0,
                    jobset: jobset
                )
                let isItsOwn = jobset == build.jobset
                #expect((try await test.store.squadJob(id: job.id)?.refusal != nil) == isItsOwn)
                guard !isItsOwn else { continue }
                await #expect(throws: FleetRefusal.jobsOnTheWay(count: 1)) {
                    try await test.store.sealJobset(id: build.jobset)
                }
            }
            _ = try await test.store.sealJobset(id: build.jobset)
        }
    }

    @Test("A seal waits for a number that is being given out, and then sees it")
    func sealSeesNumber() async throws {
        try await TestStore.with(connections: 4) { test in
            let store = test.store
            for version in 1...20 {
                let build = try await test.openSQUADBuild(version: version)
                let id = build.jobset
                async let number = store.numberSquadJob(build: build.id, jobset: id, addition: UUID())
                var refusal: (any Error)?
                do { _ = try await store.sealJobset(id: id) } catch { refusal = error }
                // Either there is a number and the jobset takes jobs, or it is sealed and there is none.
                let isNumbered = try await number != nil
                let isSealed = try await store.jobset(id: id)?.isSealed
                #expect(isSealed == !isNumbered)
                let isRefused = refusal as? FleetRefusal == .jobsOnTheWay(count: 1)
                #expect(isRefused == isNumbered)
            }
        }
    }

    @Test("Neither a declared build nor any other jobset is sealed for being quiet")
    func notSealed() async throws {
        try await TestStore.with { test in
            let other = try await test.open(jobs: 1)
            let build = try await test.openSQUADBuild(total: 2)
            _ = try await test.store.addJobs(id: UUID(), addition: TestStore.addition(to: build.jobset, jobs: 1))
            for id in [other, build.jobset] {
                _ = try await test.store.finishJobs(TestStore.complete(test.rows(of: id)))
                try await test.makeOld(id)
            }
            #expect(try await test.store.sealQuietSQUADBuilds(after: Self.quiet, batch: 10).done.isEmpty)
        }
    }

    @Test("A callback is added to a jobset that has none, however it stands, and once")
    func callback() async throws {
        try await TestStore.with { test in
            let id = try await test.openSQUADBuild(jobs: 1).jobset
            let callback = CallbackRequest(url: "https://ci.example.org/hook", headers: ["X-Token": "secret"])
            let addition = JobsetAddition(jobsetID: id, jobs: [], callback: callback)
            let first = try await test.store.addJobs(id: UUID(), addition: addition)
            #expect(first == .accepted(isNew: true, total: 1, isSealed: false, finished: nil))
            #expect(try await test.store.callback(of: id) == callback)
            let same = try await test.store.addJobs(id: UUID(), addition: addition)
            #expect(same == .accepted(isNew: true, total: 1, isSealed: false, finished: nil))
            let other = JobsetAddition(jobsetID: id, jobs: [], callback: CallbackRequest(url: "https://other.example"))
            #expect(try await test.store.addJobs(id: UUID(), addition: other) == .refused(.otherCallback))
        }
    }

    @Test("Added to a finished jobset, a callback is told of the end; for other events it comes too late")
    func lateCallback() async throws {
        try await TestStore.with { test in
            for (events, deliveries) in [(nil, 1), ([.canceled], 0)] as [([JobsetEvent]?, Int)] {
                let document = try TestStore.document(jobs: 1, callback: nil)
                let id = UUID()
                _ = try await test.store.acceptJobset(id: id, document: document)
                _ = try await test.store.finishJobs(TestStore.complete(test.rows(of: id)))
                let callback = CallbackRequest(url: "https://ci.example.org/hook", events: events)
                let addition = JobsetAddition(jobsetID: id, jobs: [], callback: callback)
                for _ in 0..<2 {
                    let answer = try await test.store.addJobs(id: UUID(), addition: addition)
                    guard case .accepted(_, 1, true, let finished?) = answer else {
                        Issue.record("\(answer)")
                        continue
                    }
                    #expect(finished == FinishedJobset(id: id, generation: 1))
                }
                let told = try await test.store.deliveries(of: id).filter { $0.kind == "callback" }
                #expect(told.count == deliveries)
                let more = JobsetAddition(jobsetID: id, jobs: [], seals: true, callback: callback)
                #expect(try await test.store.addJobs(id: UUID(), addition: more) == .refused(.finished(.passed)))
            }
        }
    }
}

extension TestStore {
    fileprivate func openSQUADBuild(version: Int = 1, jobs: Int = 0, total: Int? = nil) async throws -> SQUADBuild {
        let name = try #require(Build("/g/p/\(version)"))
        let build = try await store.squadBuild(name)
        let entries = Array(repeating: JobEntry(environment: "e", backend: "lab-a", definition: "a: 1"), count: jobs)
        let document = JobsetDocument(build: name, jobs: entries, isOpen: true, declaredTotal: total)
        _ = try await store.acceptJobset(id: build.jobset, document: document)
        return try await store.squadBuild(name)
    }

    /// As if all that happened in a jobset had happened an hour ago.
    fileprivate func makeOld(_ id: UUID) async throws {
        try await client.execute("update jobset set added_at = now() - interval '1 h' where id = \(id)")
        try await client.execute(
            "update job set finished_at = finished_at - interval '1 h' where jobset_id = \(id)"
        )
    }
}
