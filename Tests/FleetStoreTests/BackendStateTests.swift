// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("What keeps jobs from a lab", .timeLimit(.minutes(10)))
struct BackendStateTests {
    private func lab(_ test: TestStore) async throws -> BackendStatus {
        try #require(try await test.store.backendStatuses().first { $0.name == "lab-a" })
    }

    @Test("A pause has a reason and a time, can be told anew, and is lifted")
    func pause() async throws {
        try await TestStore.with { test in
            #expect(try await lab(test).state == .ok)
            try await test.store.pauseBackend("lab-a", reason: "the rack is moved")
            let paused = try await lab(test)
            #expect(paused.state == .paused)
            #expect(paused.reason == "the rack is moved")
            #expect(paused.since != nil)
            try await test.store.pauseBackend("lab-a", reason: "the rack has fallen")
            let again = try await lab(test)
            #expect(again.reason == "the rack has fallen")
            #expect(again.since == paused.since)
            try await test.store.unpauseBackend("lab-a")
            let resumed = try await lab(test)
            #expect(resumed.state == .ok)
            #expect(resumed.reason == nil)
            #expect(resumed.pausedAt == nil)
        }
    }

    @Test("A pause and a refused token are two things, and a person's resume lifts both")
    func both() async throws {
        try await TestStore.with { test in
            try await test.store.stopBackend("lab-a", reason: "403: Invalid token.")
            #expect(try await lab(test).state == .stopped)
            try await test.store.pauseBackend("lab-a", reason: "holidays")
            #expect(try await lab(test).state == .paused)
            // The submitter's own look at the token leaves the pause alone.
            try await test.store.resumeBackend("lab-a")
            #expect(try await lab(test).state == .paused)
            try await test.store.stopBackend("lab-a", reason: "403: Invalid token.")
            try await test.store.unpauseBackend("lab-a")
            let resumed = try await lab(test)
            #expect(resumed.state == .ok)
            #expect(resumed.stoppedReason == nil)
        }
    }

    @Test("A lab that fails too often is broken, then tried, and well again once it takes a job")
    func circuit() async throws {
        try await TestStore.with { test in
            let terms = CircuitTerms(failures: 2, first: .seconds(600), maximum: .seconds(600))
            try await test.store.noteFailure(backend: "lab-a", error: "503", terms: terms)
            #expect(try await lab(test).state == .ok)
            try await test.store.noteFailure(backend: "lab-a", error: "502 Bad Gateway", terms: terms)
            let broken = try await lab(test)
            #expect(broken.state == .broken)
            #expect(broken.reason == "502 Bad Gateway")
            #expect(broken.failures == 2)
            #expect(try #require(broken.probeAt) > .now)
            try await test.store.probeNow(backend: "lab-a")
            #expect(try await lab(test).state == .probing)
            try await test.store.closeCircuit(backend: "lab-a", serverErrorTries: 8)
            #expect(try await lab(test).state == .ok)
        }
    }

    @Test("Resuming has a broken lab tried at once, and leaves a closed circuit closed")
    func resumeBroken() async throws {
        try await TestStore.with { test in
            let terms = CircuitTerms(failures: 1, first: .seconds(600), maximum: .seconds(600))
            try await test.store.noteFailure(backend: "lab-a", error: "503", terms: terms)
            try await test.store.unpauseBackend("lab-a")
            let probing = try await lab(test)
            #expect(probing.state == .probing)
            #expect(probing.failures == 0)
            try await test.store.unpauseBackend("lab-b")
            let other = try #require(try await test.store.backendStatuses().first { $0.name == "lab-b" })
            #expect(other.state == .ok)
        }
    }

    @Test("Resuming makes parked jobs due at once, but not those whose doubt has to settle")
    func dueAgain() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let doubtful = try await test.claim(jobs[0])
            try await test.client.execute("update job set resume_at = now() + interval '1 hour'")
            try await test.client.execute(
                "update attempt set claimed_by = null, claimed_until = null where id = \(doubtful.id)"
            )
            try await test.store.unpauseBackend("lab-a")
            let due = try await test.integers("select id from job where resume_at <= now()")
            #expect(due == [jobs[1]])
        }
    }

    @Test("A lab that nobody knows is refused, with the names that there are")
    func unknown() async throws {
        try await TestStore.with { test in
            let paused = await #expect(throws: FleetRefusal.self) {
                try await test.store.pauseBackend("lab-z", reason: "x")
            }
            let resumed = await #expect(throws: FleetRefusal.self) { try await test.store.unpauseBackend("lab-z") }
            #expect(paused == resumed)
            #expect(paused == .noSuchBackend(name: "lab-z", known: ["lab-a", "lab-b"]))
            #expect(paused?.description == "there is no backend lab-z; known: lab-a, lab-b")
        }
    }
}
