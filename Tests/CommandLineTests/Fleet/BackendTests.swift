// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@Suite("Pausing and resuming labs")
struct BackendTests {
    @Test("A lab is paused with a reason, shown as such, and resumed")
    func pause() async throws {
        try await TestFleet.with { fleet in
            let pause = try await fleet.muster("backend", "pause", "lab-a", "--reason", "new rack")
            #expect(pause.status == 0, "\(pause.errors)")
            let list = try await fleet.muster("backends")
            #expect(list.output.contains("lab-a\tpaused\t"))
            #expect(list.output.contains("\tnew rack ("))
            let doctor = try await fleet.muster("doctor")
            #expect(doctor.output.contains("paused, 0 jobs are waiting: new rack ("))
            let resume = try await fleet.muster("backend", "resume", "lab-a", "--output", "json")
            #expect(resume.status == 0, "\(resume.errors)")
            #expect(resume.output.contains("\"state\" : \"ok\""))
            #expect(!resume.output.contains("new rack"))
        }
    }

    @Test("A lab that refuses our token or is broken says so, and is resumed")
    func hindered() async throws {
        try await TestFleet.with { fleet in
            try await fleet.store.registerBackends(["lab-a", "lab-old"])
            try await fleet.store.stopBackend("lab-a", reason: "403: Invalid token.")
            try await fleet.store.noteFailure(
                backend: "lab-a",
                error: "502 Bad Gateway",
                terms: CircuitTerms(failures: 1, first: .seconds(600), maximum: .seconds(600))
            )
            let stopped = try await fleet.muster("backends")
            #expect(stopped.output.contains("lab-a\tstopped\t"))
            #expect(stopped.output.contains("\t403: Invalid token.\t"))
            #expect(stopped.output.contains("lab-old\tnot configured\t"))
            try await fleet.store.resumeBackend("lab-a")
            let broken = try await fleet.muster("backends", "--output", "json")
            #expect(broken.output.contains("\"state\" : \"broken\""))
            #expect(broken.output.contains("\"reason\" : \"502 Bad Gateway\""))
            #expect(broken.output.contains("\"next_try_at\""))
            let resume = try await fleet.muster("backend", "resume", "lab-a")
            #expect(resume.output.contains("lab-a\tprobing\t"))
        }
    }

    @Test("A lab that nobody knows is refused with the names of the others", arguments: ["pause", "resume"])
    func unknown(verb: String) async throws {
        try await TestFleet.with { fleet in
            let ending = try await fleet.muster("backend", verb, "lab-z")
            #expect(ending.status == 2)
            #expect(ending.errors.contains("there is no backend lab-z; known: lab-a"))
        }
    }
}
