// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Testing

@testable import CommandLine
@testable import DirectCommands

@Suite("What doctor makes of servers")
struct ServerFindingTests {
    private func server(_ change: (inout DatabaseServer) -> Void = { _ in }) -> DatabaseServer {
        var server = DatabaseServer(
            versionNumber: 150_018,
            version: "15.18",
            maximumConnections: 97,
            connections: 12,
            clockAhead: .milliseconds(3),
            clockTolerance: .milliseconds(5)
        )
        change(&server)
        return server
    }

    @Test("A database that is too old FAILED")
    func databaseVersion() {
        #expect(DatabaseServerFindings.version(server(), address: "db").level == .ok)
        let old = DatabaseServerFindings.version(server { $0.versionNumber = 140_010 }, address: "db")
        #expect(old.level == .failed && old.advice?.contains("PostgreSQL 15") == true)
    }

    @Test("The database has room for one worker of each role at least, and some of it is free")
    func connections() {
        let usual = DatabaseServerFindings.connections(server(), perWorker: 10)
        #expect(usual.level == .ok && usual.found.contains("room for 9 workers"))
        #expect(DatabaseServerFindings.connections(server(), perWorker: 20).level == .warning)
        let full = server { $0.connections = 97 }
        #expect(DatabaseServerFindings.connections(full, perWorker: 10).level == .warning)
        #expect(DatabaseServerFindings.pooled(server(), .transaction).level == .ok)
        #expect(DatabaseServerFindings.pooled(full, .transaction).level == .warning)
    }

    @Test("A clock is wrong only as far as that is certain")
    func clock() {
        #expect(DatabaseServerFindings.clock(server()).level == .ok)
        let ahead = DatabaseServerFindings.clock(server { $0.clockAhead = .seconds(90) })
        #expect(ahead.level == .warning && ahead.found.contains("90 s ahead of"))
        let behind = DatabaseServerFindings.clock(server { $0.clockAhead = .seconds(-7) })
        #expect(behind.level == .warning && behind.found.contains("7 s behind"))
        let slow = server {
            $0.clockAhead = .seconds(7)
            $0.clockTolerance = .seconds(3)
        }
        #expect(DatabaseServerFindings.clock(slow).level == .ok)
    }

    @Test("A lab's clock is judged by the whole seconds that it tells")
    func labClock() {
        let asked = Date(timeIntervalSince1970: 1_000_000)
        let answered = asked.addingTimeInterval(2)
        for (ahead, words) in [(0, nil), (-29, nil), (30, nil), (120, "119 s ahead of"), (-120, "121 s behind")] {
            let theirs = asked.addingTimeInterval(TimeInterval(ahead))
            #expect(BackendChecks.clock(theirs, between: asked, and: answered) == words)
        }
    }

    @Test(
        "RabbitMQ before 3.10 FAILED, something else is a warning",
        arguments: [
            ("RabbitMQ", "3.10.8", Finding.Level.ok), ("RabbitMQ", "4.1.0", .ok), ("RabbitMQ", "3.9.29", .failed),
            ("RabbitMQ", "", .failed), ("LavinMQ", "2.0.0", .warning), ("", "", .warning),
        ]
    )
    func brokerVersion(product: String, version: String, level: Finding.Level) {
        let broker = AMQPBroker(product: product, version: version)
        #expect(BrokerPermissionChecks.version(broker, address: "amqp://h").level == level)
    }

    @Test("What is not permitted is told by what it is, with a command")
    func permissions() throws {
        let checks = BrokerPermissionChecks(
            configuration: try AMQPConfiguration(url: "amqp://me:hunter2@h/team"),
            topology: FleetTopology(prefix: "muster", backends: ["lab-a"]),
            hasEvents: false
        )
        #expect(checks.finding([]).level == .ok)
        let finding = checks.finding([(.write, "amq.default"), (.configure, "muster"), (.configure, "muster.dead")])
        #expect(finding.level == .failed)
        #expect(finding.found == "me can't configure muster, muster.dead; can't write amq.default")
        #expect(
            finding.advice?.contains(
                #"rabbitmqctl set_permissions -p 'team' 'me' '^muster(\..*)?$' '^(muster(\..*)?|amq\.default)$' "#
            ) == true
        )
    }
}
