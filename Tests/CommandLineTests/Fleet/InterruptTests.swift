// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@Suite("^C at a terminal", .timeLimit(.minutes(10)))
struct InterruptTests {
    /// The two ways to a fleet.
    enum Way: String, CaseIterable, CustomTestStringConvertible {
        case direct, served
        var testDescription: String { rawValue }
    }

    /// Lends a fleet and the environment that leads to it.
    private func with(
        _ way: Way,
        hasIngest: Bool = false,
        _ body: (TestFleet, [String: String]) async throws -> Void
    ) async throws {
        try await TestFleet.with { fleet in
            func lend() async throws {
                guard way == .served else { return try await body(fleet, fleet.environment) }
                try await fleet.withGateway(["MUSTER_GATEWAY_ANSWER_TIMEOUT_SECONDS": "300"]) { gateway, token in
                    try await body(fleet, ["MUSTER_SERVER": gateway.url, "MUSTER_TOKEN": token])
                }
            }
            if hasIngest { try await fleet.withIngest(lend) } else { try await lend() }
        }
    }

    /// Runs a verb until the screen shows that it waits, presses ^C once and looks at its end.
    private func interrupt(
        _ arguments: [String],
        _ environment: [String: String],
        at text: String,
        _ words: String
    ) async throws {
        let program = try TerminalProgram(arguments, environment: environment)
        try await program.waitFor(text)
        program.pressControlC()
        #expect(try await program.waitForEnd() == 130)
        // What it said last may still be on its way through the terminal.
        try await program.waitFor(words)
    }

    @Test("wait and report --wait stop waiting; the jobset goes on", arguments: Way.allCases)
    func waiting(way: Way) async throws {
        try await with(way) { fleet, environment in
            let id = try await fleet.accept(jobs: 1)
            for arguments in [["wait", id], ["wait", id, "--timeout", "600"], ["report", id, "--wait"]] {
                try await interrupt(arguments, environment, at: "0/1", "interrupted; the jobset continues")
            }
            let jobset = try #require(UUID(uuidString: id))
            #expect(try await fleet.store.jobset(id: jobset)?.state == .running)
        }
    }

    @Test("submit --wait stops waiting for what it has submitted", arguments: Way.allCases)
    func submitted(way: Way) async throws {
        try await with(way, hasIngest: true) { fleet, environment in
            try await fleet.withFile(JobText.lines(20)) { path in
                for options in [[], ["--chunk-jobs", "5"]] {
                    let arguments = ["submit", path, "--wait"] + options
                    // While it sends, the line says "10/20 sent".
                    try await interrupt(arguments, environment, at: "  0/20  ", "interrupted; the jobset continues")
                }
            }
        }
    }

    @Test("retry --wait stops waiting, for the report first and then for the end", arguments: Way.allCases)
    func retried(way: Way) async throws {
        try await with(way) { fleet, environment in
            let id = try await fleet.accept(jobs: 2)
            _ = try await fleet.muster("cancel", id)
            let program = try TerminalProgram(["retry", id, "--wait"], environment: environment)
            // The report is not made: it is tried again for ten seconds, which nobody has to wait for.
            try await Task.sleep(for: .seconds(1))
            program.pressControlC()
            #expect(try await program.waitForEnd() == 130)
            _ = try await fleet.postgres.execute("update delivery set state = 'delivered', due_at = now()")
            try await interrupt(["retry", id, "--wait"], environment, at: "0/2", "interrupted; the jobset continues")
        }
    }

    @Test("cancel --wait stops waiting for what a lab still has", arguments: Way.allCases)
    func canceled(way: Way) async throws {
        try await with(way) { fleet, environment in
            let id = try await fleet.accept(jobs: 1)
            let jobset = try #require(UUID(uuidString: id))
            let job = try #require(try await fleet.store.jobs(of: jobset).first)
            let terms = ClaimTerms(claimant: UUID(), lease: .seconds(600), maximumInFlight: 10)
            guard case .claimed(let attempt) = try await fleet.store.claimJob(id: job.id, terms: terms) else {
                Issue.record("the job could not be claimed")
                return
            }
            try await fleet.store.recordSubmission(
                attempt: attempt.id,
                groups: [SubmittedGroup([SubmittedLabJob(number: 7)])],
                terms: DoubtTerms(settle: .zero, secondLook: .zero, cancelsExpired: true, giveUpAfter: .zero)
            )
            try await interrupt(["cancel", id, "--wait"], environment, at: "0/1", "interrupted; the jobset continues")
        }
    }

    @Test("Sending stops between messages and says how to go on", arguments: Way.allCases)
    func sending(way: Way) async throws {
        try await with(way) { fleet, environment in
            let id = try await fleet.accept(jobs: 1)
            try await fleet.withFile(JobText.lines(50)) { path in
                let submit = ["submit", path, "--chunk-jobs", "10", "--timeout", "300"]
                try await interrupt(
                    submit,
                    environment,
                    at: "jobs in 5 chunks",
                    "interrupted; what was sent is in jobset"
                )
            }
            let jobs = (0..<50).map { JobText.job($0) + "\n" }.joined()
            try await fleet.withFile(jobs) { path in
                let add = ["add", id, path, "--chunk-jobs", "10", "--timeout", "300"]
                let program = try await published(by: add, environment, fleet)
                program.pressControlC()
                #expect(try await program.waitForEnd() == 130)
                #expect(program.screen.contains("interrupted; what was sent is in jobset"), "\(program.screen)")
            }
        }
    }

    /// Runs a verb until it has brought one message more to an ingest that is away.
    private func published(
        by arguments: [String],
        _ environment: [String: String],
        _ fleet: TestFleet
    ) async throws -> TerminalProgram {
        let queue = fleet.topology.jobsets
        func messages() async throws -> Int {
            try await fleet.withSession { try await $0.messageCount(queue)?.messages } ?? 0
        }
        let before = try await messages()
        let program = try TerminalProgram(arguments, environment: environment)
        try await eventually("a message from \(arguments)") { try await messages() > before }
        return program
    }

    @Test("A document on its way to an ingest that is away", arguments: Way.allCases)
    func unanswered(way: Way) async throws {
        try await with(way) { fleet, environment in
            try await fleet.withFile(SubmitTests.document, name: "jobset.json") { path in
                let program = try await published(by: ["submit", path, "--timeout", "300"], environment, fleet)
                program.pressControlC()
                #expect(try await program.waitForEnd() == 130)
                #expect(program.screen.contains("interrupted; the document may have been accepted"))
            }
        }
    }

    @Test("A database or a server that is away", arguments: Way.allCases)
    func away(way: Way) async throws {
        try await TestFleet.with { fleet in
            let nobody =
                way == .direct
                ? fleet.environment.merging(["MUSTER_DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"]) { $1 }
                : ["MUSTER_SERVER": "http://127.0.0.1:1", "MUSTER_TOKEN": TokenText.make()]
            let id = "6f1c0000-0000-4000-8000-00000000002a"
            try await interrupt(
                ["wait", id],
                nobody,
                at: "is unreachable, trying again",
                "interrupted; the jobset continues"
            )
        }
    }

    @Test("What hangs in a read of the terminal ends all the same; a second ^C ends it at once", arguments: [1, 2])
    func hanging(presses: Int) async throws {
        try await TestFleet.with { fleet in
            let program = try TerminalProgram(["submit", "-"], environment: fleet.environment)
            try await Task.sleep(for: .milliseconds(500))
            for _ in 0..<presses {
                program.pressControlC()
                // Two that come at once are one.
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(try await program.waitForEnd() == 130)
        }
    }

    @Test("SIGTERM is as ^C")
    func terminated() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 1)
            let program = try TerminalProgram(["wait", id], environment: fleet.environment)
            try await program.waitFor("0/1")
            program.signal(SIGTERM)
            #expect(try await program.waitForEnd() == 130)
            // What it said last may still be on its way through the terminal.
            try await program.waitFor("interrupted; the jobset continues")
        }
    }
}
