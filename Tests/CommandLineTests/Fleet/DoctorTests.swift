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

    @Test("It says whether what is not to be kept goes")
    func retention() async throws {
        try await TestFleet.with { fleet in
            #expect(try await fleet.muster("doctor").output.contains("ok       retention"))
            let environment = fleet.environment.merging(["MUSTER_RETENTION_REPORTS_DAYS": "7"]) { $1 }
            let ending = try await Program(arguments: ["doctor"], environment: environment).run()
            #expect(ending.output.contains("nothing is kept longer than configured"))
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

    @Test("A broker of several nodes, the first of which is down, is reached over TLS with a certificate")
    func severalNodes() async throws {
        try await TestFleet.with { fleet in
            let url = try TestServers.required("MUSTER_TEST_AMQP_TLS_URL")
            let nodes = url.replacing("@localhost:", with: "@127.0.0.1:1,localhost:")
            let environment = fleet.environment.merging([
                "MUSTER_BROKER_URL": nodes, "MUSTER_BROKER_CA_FILE": try TestServers.required("MUSTER_TEST_CA_FILE"),
                "MUSTER_BROKER_CERTIFICATE_FILE": try TestServers.required("MUSTER_TEST_CLIENT_CERTIFICATE"),
                "MUSTER_BROKER_KEY_FILE": try TestServers.required("MUSTER_TEST_CLIENT_KEY"),
            ]) { $1 }
            for _ in 0..<3 {
                let ending = try await Program(arguments: ["doctor"], environment: environment).run()
                #expect(ending.output.contains("ok       broker"), "\(ending.output)")
                #expect(ending.output.contains("@127.0.0.1:1,localhost:"), "\(ending.output)")
            }
        }
    }

    @Test("A user of the broker who is not permitted enough FAILED, with what is missing and how to permit it")
    func permissions() async throws {
        try await TestFleet.with { fleet in
            #expect(try await fleet.muster("doctor").output.contains("ok       permissions"))
            let own = "^\(fleet.name)(\\..*)?$"
            try await TestServers.withBrokerUser(configure: "^$", write: own, read: own) { url in
                let environment = fleet.environment.merging(["MUSTER_BROKER_URL": url]) { $1 }
                let ending = try await Program(arguments: ["doctor"], environment: environment).run()
                #expect(ending.status == 4)
                #expect(ending.output.contains("ok       broker"), "\(ending.output)")
                #expect(ending.output.contains("FAILED   permissions"), "\(ending.output)")
                #expect(ending.output.contains("can't configure \(fleet.name), "), "\(ending.output)")
                #expect(ending.output.contains("can't write amq.default"), "\(ending.output)")
                #expect(!ending.output.contains("can't read"))
                #expect(ending.output.contains("rabbitmqctl set_permissions -p '/' "))
            }
        }
    }

    @Test("Versions, connections and clocks of the servers are shown")
    func servers() async throws {
        try await TestFleet.with { fleet in
            let output = try await fleet.muster("doctor").output
            #expect(output.firstMatch(of: /broker .*, RabbitMQ [0-9.]+\n/) != nil, "\(output)")
            #expect(output.firstMatch(of: /database .*, PostgreSQL [0-9.]+/) != nil, "\(output)")
            #expect(output.firstMatch(of: /ok       connections .* room for [0-9]+ workers/) != nil, "\(output)")
            #expect(output.contains("this machine and the database agree"), "\(output)")
            let environment = fleet.environment.merging(["MUSTER_DATABASE_MAXIMUM_CONNECTIONS": "1000"]) { $1 }
            let large = try await Program(arguments: ["doctor"], environment: environment).run()
            #expect(large.output.contains("warning  connections"), "\(large.output)")
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

    @Test("A verb that needs the database alone opens no file of the broker's; doctor says that it can't be read")
    func brokerFiles() async throws {
        try await TestFleet.with { fleet in
            let environment = fleet.environment.merging([
                "MUSTER_BROKER_URL": "amqps://127.0.0.1:1/", "MUSTER_BROKER_CA_FILE": "/none.pem",
            ]) { $1 }
            let list = try await Program(arguments: ["backends"], environment: environment).run()
            #expect(list.status == 0, "\(list.errors)")
            let ending = try await Program(arguments: ["doctor"], environment: environment).run()
            #expect(ending.status == 4)
            #expect(ending.output.contains("FAILED   broker"), "\(ending.output)")
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
