// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// A database that was restored to an earlier time, beside labs that have gone on since.
@Suite("After a restore", .serialized, .timeLimit(.minutes(10)))
struct RestoreTests {
    private static let labs = ["lab-a", "lab-b"]

    @Test(
        "With restore-check --adopt, what was submitted since is adopted: each job is one lab job",
        arguments: [1, 2]
    )
    func adopted(restores: Int) async throws {
        try await TestFleet.with(labs: Self.labs) { fleet in
            let id = UUID()
            let document = try fleet.document(Array(repeating: TestFleet.definition(), count: 40), backends: Self.labs)
            try await Self.accept(document, id, fleet)
            let dump = try await Self.dump(fleet)
            try await Self.run(fleet) { _ = try await fleet.waitUntilFinished(id) }
            for round in 1...restores {
                try await Self.restore(dump, fleet)
                #expect(try await fleet.store.jobset(id: id)?.pending == 40)
                let told = try await Self.check(fleet, dump.date, ["--adopt"])
                #expect(told.output.split(separator: "\n").filter { $0.contains("ahead") }.count == 40, "\(told)")
                try await Self.run(fleet) {
                    let jobset = try await fleet.waitUntilFinished(id)
                    #expect(jobset.outcomes == ["complete": 40], "\(round)")
                }
            }
            let made = try Self.labs.flatMap { try fleet.labJobsByTag($0).values }
            #expect(made.count == 40)
            #expect(made.allSatisfy { $0 == 1 }, "no job is submitted a second time")
            let again = try await Self.check(fleet, dump.date, [])
            #expect(again.output.split(separator: "\n").count <= 1, "\(again)")
        }
    }

    @Test("A jobset that was lost and is published once more takes up its lab jobs as well")
    func republished() async throws {
        try await TestFleet.with { fleet in
            let id = UUID()
            let dump = try await Self.dump(fleet)
            let document = try fleet.document(Array(repeating: TestFleet.definition(), count: 5))
            try await Self.accept(document, id, fleet)
            try await Self.run(fleet) { _ = try await fleet.waitUntilFinished(id) }
            try await Self.restore(dump, fleet)
            let told = try await Self.check(fleet, dump.date, ["--adopt"])
            #expect(told.output.split(separator: "\n").filter { $0.contains("unknown") }.count == 5, "\(told)")
            try await Self.accept(document, id, fleet)
            try await Self.run(fleet) { _ = try await fleet.waitUntilFinished(id) }
            #expect(try fleet.labJobsByTag().values.allSatisfy { $0 == 1 })
            #expect(try fleet.labJobsByTag().count == 5)
        }
    }

    @Test("Another definition in the same place of the same jobset is another attempt")
    func another() async throws {
        try await TestFleet.with { fleet in
            let id = UUID()
            let dump = try await Self.dump(fleet)
            try await Self.accept(try fleet.document([TestFleet.definition(name: "one")]), id, fleet)
            try await Self.run(fleet) { _ = try await fleet.waitUntilFinished(id) }
            try await Self.restore(dump, fleet)
            _ = try await Self.check(fleet, dump.date, ["--adopt"])
            try await Self.accept(try fleet.document([TestFleet.definition(name: "other")]), id, fleet)
            try await Self.run(fleet) { _ = try await fleet.waitUntilFinished(id) }
            #expect(try fleet.labJobsByTag().count == 2)
        }
    }

    @Test("Lab jobs of jobsets that are gone are listed, and canceled when that is asked for")
    func canceled() async throws {
        try await TestFleet.with(labOptions: ["--run-time-ms", "3600000"]) { fleet in
            let dump = try await Self.dump(fleet)
            try await Self.accept(try fleet.document([TestFleet.definition()]), UUID(), fleet)
            try await Self.run(fleet) {
                try await eventually("the job to be in the lab") { try await !fleet.attempts().isEmpty }
            }
            try await Self.restore(dump, fleet)
            let told = try await Self.check(fleet, dump.date, ["--output", "json"])
            #expect(told.output.contains(#""state" : "unknown""#), "\(told)")
            let (before, submissions) = (try await fleet.statistics().jobs, try await fleet.statistics().submissions)
            #expect(before["Canceling", default: 0] + before["Finished", default: 0] == 0)
            let canceled = try await Self.check(fleet, dump.date, ["--cancel"])
            #expect(canceled.errors.contains("canceled 1 in lab-a"))
            try await eventually("the lab to have canceled it") {
                try await fleet.statistics().jobs["Finished", default: 0] == 1
            }
            #expect(try await fleet.statistics().submissions == submissions)
        }
    }

    @Test("The next attempt of a job that was in its lab is not unknown: it is not canceled, and is adopted")
    func retried() async throws {
        try await TestFleet.with { fleet in
            let id = UUID()
            let definition = TestFleet.definition(["sim.fail_first": "1", "sim.run_ms": "5000"], name: "flaky")
            try await Self.accept(try fleet.document([definition], retries: 1), id, fleet)
            try fleet.startAll()
            try await eventually("the first attempt to be in the lab") { try await fleet.attempts().count == 1 }
            let dump = try await Self.dump(fleet)
            _ = try await fleet.waitUntilFinished(id)
            try await fleet.stopAll()
            let made = try fleet.labJobsByTag()
            #expect(made.count == 2)
            try await Self.restore(dump, fleet)
            #expect(try await fleet.attempts().count == 1)
            let told = try await Self.check(fleet, dump.date, ["--cancel"])
            #expect(told.output.contains("ahead") && !told.output.contains("unknown"), "\(told)")
            _ = try await Self.check(fleet, dump.date, ["--adopt"])
            try await Self.run(fleet) {
                let jobset = try await fleet.waitUntilFinished(id)
                #expect(jobset.outcomes == ["complete": 1])
            }
            #expect(try fleet.labJobsByTag() == made, "no job is submitted a second time")
        }
    }

    // MARK: Steps

    /// All tables of a fleet as they are now.
    private struct Dump: Sendable {
        let file: URL
        let date: Date
    }

    private static func dump(_ fleet: TestFleet) async throws -> Dump {
        let file = fleet.folder.appending(path: "dump.sql")
        let now = try await fleet.postgres.query("select now()", idempotent: true).one().decode(Date.self)
        try await shell("pg_dump \"$URL\" --schema=\(fleet.name) --schema=\(fleet.name)_dashboard > \(file.path)")
        return Dump(file: file, date: now)
    }

    /// As an operator would, with the workers stopped.
    private static func restore(_ dump: Dump, _ fleet: TestFleet) async throws {
        try await shell(
            """
            psql -q -v ON_ERROR_STOP=1 "$URL" -c 'drop schema "\(fleet.name)" cascade' \
                -c 'drop schema if exists "\(fleet.name)_dashboard" cascade' && \
            psql -q -v ON_ERROR_STOP=1 "$URL" -f \(dump.file.path) > /dev/null
            """
        )
    }

    private static func shell(_ command: String) async throws {
        let url = try TestServers.database
        let (status, output) = try await run("/bin/bash", ["-c", command], ["URL": url])
        guard status == 0 else { throw NeverHappened(what: command, detail: output) }
    }

    /// Has a document accepted, and no job of it submitted.
    private static func accept(_ document: [UInt8], _ id: UUID, _ fleet: TestFleet) async throws {
        let ingest = try fleet.start(.ingest)
        try await fleet.publish(document, id: id)
        try await eventually("the jobset to be there") { try await fleet.store.jobset(id: id) != nil }
        ingest.terminate()
        try await ingest.waitUntilExit()
    }

    /// Has all workers run for as long as `body` takes.
    private static func run(_ fleet: TestFleet, _ body: () async throws -> Void) async throws {
        try fleet.startAll()
        try await body()
        try await fleet.stopAll()
    }

    /// Runs `muster restore-check`.
    private static func check(
        _ fleet: TestFleet,
        _ date: Date,
        _ options: [String]
    ) async throws -> (output: String, errors: String) {
        let arguments = ["restore-check", "--to", date.formatted(.iso8601)] + options
        let errors = fleet.folder.appending(path: "errors-\(UUID().uuidString)")
        let program = TestServers.products.appending(path: "muster").path
        let words = ([program] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let (status, output) = try await run("/bin/bash", ["-c", "\(words) 2> \(errors.path)"], fleet.environment)
        let said = try String(contentsOf: errors, encoding: .utf8)
        guard status == 0 else { throw NeverHappened(what: words, detail: said) }
        return (output, said)
    }

    private static func run(
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String]
    ) async throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MUSTER_") }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let reading = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
        let data = await reading.value
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
