// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetRuntime
import Foundation
import JobFiles
import Postgres
import Testing

@testable import CommandLine
@testable import DirectCommands
@testable import FleetStore

@Suite("Exit status")
struct ExitStatusTests {
    @Test(
        "A verdict has its status",
        arguments: [
            (Verdict.passed, Int32(0)), (.failed, 1), (.incomplete, 3), (.canceled, 5),
        ]
    )
    func verdicts(verdict: Verdict, status: Int32) {
        #expect(CommandFailure(.init(verdict), lines: []).status.rawValue == status)
    }

    @Test("What is away is 4, and what to do is said")
    func unreachable() {
        let broker = CommandFailure(explaining: AMQPError(.connectionLost, "nobody there"), direct: OwnServers())
        #expect(broker.status == .unreachable)
        #expect(broker.lines.joined().contains("broker.url"))
        let database = CommandFailure(explaining: PostgresError(.connection, "nobody there"), direct: OwnServers())
        #expect(database.status == .unreachable)
        #expect(database.lines.joined().contains("database.url"))
    }

    @Test("A database without tables, or with older ones, leads to `muster migrate`")
    func schema() {
        let missing = CommandFailure(
            explaining: PostgresError(.server, "no table", sqlState: .undefinedTable),
            direct: OwnServers()
        )
        #expect(missing.lines.joined().contains("run `muster migrate`"))
        let old = CommandFailure(explaining: SchemaMismatch(found: 0, wanted: 1), direct: OwnServers())
        #expect(old.status == .unreachable)
        #expect(old.lines.joined().contains("run `muster migrate`"))
    }

    @Test("A file that can't be sent is wrong usage, and every fault in it has its line")
    func jobFile() {
        let faults = [PlacedFault(Fault(pointer: "/jobs/7/backend", reason: "is gone"), line: 9)]
        let failure = CommandFailure(explaining: JobFileError.faulty("a.jsonl", faults, unlisted: 2))
        #expect(failure.status == .usage)
        #expect(
            failure.lines == [
                "a.jsonl can't be sent: 3 errors", "  /jobs/7/backend: is gone (line 9)",
                "  and 2 more", "nothing was sent",
            ]
        )
        #expect(throws: JobFileError.missing("/nowhere/x")) { try JobFile(path: "/nowhere/x") }
    }

    @Test("Every fault of a configuration has its line")
    func configuration() {
        let faults = ConfigurationFaults([
            ConfigurationFault(key: "broker.url", reason: "is missing"),
            ConfigurationFault(key: "database.url", reason: "is missing"),
        ])
        let failure = CommandFailure(explaining: faults)
        #expect(failure.status == .usage)
        #expect(failure.lines.count == 3)
    }

    static let commandLines: [([String], Int32)] = [
        (["frobnicate"], 2), (["wait"], 2), (["wait", "not-an-id"], 2), (["submit"], 2),
        (["submit", "x", "--new", "--id", "6f1c0000-0000-4000-8000-00000000002a"], 2), (["ls", "--limit", "0"], 2),
        (["ls", "--output", "xml"], 2), (["dead", "drop"], 2), (["dead", "drop", "key", "--all"], 2),
        (["add", "x"], 2), (["seal"], 2), (["submit", "x", "--chunk-jobs", "0"], 2),
        (["change", "6f1c0000-0000-4000-8000-00000000002a"], 2),
        (["change", "6f1c0000-0000-4000-8000-00000000002a", "--priority", "101"], 2),
        (["change", "6f1c0000-0000-4000-8000-00000000002a", "--max-failures", "101%"], 2),
        (["change", "6f1c0000-0000-4000-8000-00000000002a", "--timeout", "0"], 2),
        (["retry", "6f1c0000-0000-4000-8000-00000000002a", "--all", "--job", "1"], 2), (["add", "--help"], 0),
        (["rejected", "--body"], 2), (["--help"], 0), (["--version"], 0), (["submit", "--help"], 0),
        (["dead", "requeue", "--help"], 0), (["--generate-completion-script", "bash"], 0),
    ]

    @Test("A wrong command line is 2, help and version are 0", arguments: commandLines)
    func usage(arguments: [String], status: Int32) async {
        #expect(await MusterCommand.run(arguments: arguments).rawValue == status)
    }

    @Test(
        "Times on the command line are seconds within bounds",
        arguments: [
            ("30", true), ("0.5", true), ("0", false), ("-1", false), ("nan", false), ("inf", false), ("1e300", false),
            ("ten", false), ("", false),
        ]
    )
    func seconds(text: String, isTaken: Bool) {
        #expect((Seconds(argument: text) != nil) == isTaken)
    }
}
