// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetStore
import Testing

@Suite("muster doctor")
struct DoctorTests {
    @Test("It finds what is well and what is not, and shows no secret")
    func all() async throws {
        try await TestFleet.with { fleet in
            let ending = try await fleet.muster("doctor")
            #expect(ending.status == 4)
            #expect(ending.output.contains("ok       broker"))
            #expect(ending.output.contains("ok       schema"))
            #expect(ending.output.contains("warning  queue \(fleet.topology.jobsets)"))
            #expect(ending.output.contains("FAILED   backend lab-a"))
            #expect(ending.output.contains("-> "))
            #expect(!ending.output.contains("hunter2"))
        }
    }

    @Test("A database without tables FAILED, with what to do")
    func schema() async throws {
        try await TestFleet.with(isMigrated: false) { fleet in
            let ending = try await fleet.muster("doctor", "--output", "json")
            #expect(ending.status == 4)
            #expect(ending.output.contains("run `muster migrate`"))
        }
    }

    @Test("A database on another machine whose connection is not protected is a warning, also when it can't be reached")
    func unprotected() async throws {
        try await TestFleet.with { fleet in
            for (mode, words) in [
                ("", "need not be encrypted and is not verified"),
                ("?sslmode=disable", "is neither encrypted nor verified"),
                ("?sslmode=require", "is encrypted but not verified"),
            ] {
                let url = "postgres://muster:hunter2@nowhere.invalid/muster\(mode)"
                let environment = fleet.environment.merging(["MUSTER_DATABASE_URL": url]) { $1 }
                let ending = try await Program(arguments: ["doctor"], environment: environment).run()
                #expect(ending.output.contains("warning  database TLS"), "\(ending.output)")
                #expect(ending.output.contains(words) && ending.output.contains("sslmode=verify-full"))
                #expect(!ending.output.contains("hunter2"))
            }
            #expect(!(try await fleet.muster("doctor").output.contains("database TLS")), "on this machine it is well")
        }
    }

    @Test("A configuration that can't be used is told fault by fault")
    func configuration() async throws {
        let ending = try await Program(arguments: ["doctor"]).run()
        #expect(ending.status == 2)
        #expect(ending.errors.contains("broker.url"))
        #expect(ending.errors.contains("database.url"))
    }

    @Test("Labs are listed, those that nobody has used yet too")
    func backends() async throws {
        try await TestFleet.with { fleet in
            let list = try await fleet.muster("backends")
            #expect(list.output.contains("lab-a\tok\t-\t0\t0\tpolls\t-\t-\thttp://127.0.0.1:1\n"))
            try await fleet.store.registerBackends(["lab-a", "lab-z"])
            try await fleet.store.stopBackend("lab-a", reason: "403: Invalid token")
            let later = try await fleet.muster("backends")
            #expect(later.output.contains("\t0\t0\tpolls\t-\t403: Invalid token\thttp://127.0.0.1:1\n"))
            #expect(later.output.contains("lab-z\tnot configured\t-\t0\t0\tpolls\t-\t-\t-\n"))
        }
    }
}
