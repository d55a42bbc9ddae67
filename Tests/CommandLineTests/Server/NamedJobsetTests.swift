// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Glibc
import Testing

/// Jobsets by the beginning of their ids and by their builds, over both ways to a fleet.
@Suite("Jobsets by other names than their ids", .timeLimit(.minutes(10)))
struct NamedJobsetTests {
    private typealias Run = @Sendable ([String]) async throws -> Program.Ending

    /// Lends both ways to a fleet.
    private func both(_ body: (TestFleet, _ ways: [(name: String, run: Run)]) async throws -> Void) async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let url = gateway.url
                try await body(
                    fleet,
                    [
                        ("direct", { try await Program(arguments: $0, environment: fleet.environment).run() }),
                        ("served", { try await served(url, token: token, $0).run() }),
                    ]
                )
            }
        }
    }

    @Test("The beginning of an id, a build, and the latest of several")
    func names() async throws {
        try await both { fleet, ways in
            let first = try await fleet.accept(jobs: 1)
            let second = try await fleet.accept(jobs: 2)
            for (way, run) in ways {
                let short = try await run(["status", String(first.prefix(13)), "--output", "json"])
                #expect(short.output.contains(first), "\(way): \(short.errors)")
                let several = try await run(["status", "g/p/1"])
                #expect(several.status == 2)
                for text in ["g/p/1 has more than one jobset", first, second, "add @latest"] {
                    #expect(several.errors.contains(text), "\(way): \(several.errors)")
                }
                for name in ["g/p/1@latest", "/g/p/1@latest", "g/p@latest"] {
                    let latest = try await run(["jobs", name])
                    #expect(latest.output.split(separator: "\n").count == 3, "\(way) \(name): \(latest.errors)")
                }
                let none = try await run(["cancel", "g/p/2"])
                #expect(none.status == 2)
                #expect(none.errors.contains("there is no jobset of g/p/2"), "\(way): \(none.errors)")
                let nobody = try await run(["status", "00000000"])
                #expect(nobody.errors.contains("no jobset has an id that begins with 00000000"))
                #expect(try await run(["status", "6f1"]).status == 2)
                let listed = try await run(["ls", "--group", "g", "--limit", "1"])
                #expect(listed.output.contains(second) && !listed.output.contains(first))
            }
            // What changes something takes them too.
            let canceled = try await fleet.muster("cancel", "g/p@latest", "--reason", "no more")
            #expect(canceled.status == 0, "\(canceled.errors)")
            #expect(try await fleet.muster("status", second).output.contains("no more"))
            #expect(try await fleet.muster("audit", "--jobset", String(first.prefix(8))).status == 0)
        }
    }

    @Test("Jobsets and jobs are chosen and sorted")
    func chosen() async throws {
        try await both { fleet, ways in
            let first = try await fleet.accept(jobs: 3)
            let second = try await fleet.accept(jobs: 5)
            let jobs = try await fleet.store.jobs(of: try #require(UUID(uuidString: first)))
            _ = try await fleet.store.finishJobs(
                jobs.map { job in
                    JobEnd(
                        jobID: job.id,
                        outcome: job.position == 2 ? .incomplete : .complete,
                        reason: job.position == 2 ? "no board" : nil,
                        tests: TestCounts(pass: 1, fail: job.position == 1 ? 2 : 0, skip: 0, unknown: 0)
                    )
                }
            )
            for (way, run) in ways {
                func positions(_ options: String...) async throws -> [String] {
                    let ending = try await run(["jobs", first] + options)
                    #expect(ending.status == 0, "\(way): \(ending.errors)")
                    return ending.output.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "\t" }) }
                }
                #expect(try await positions("--failed") == ["1", "2"], "\(way)")
                #expect(try await positions("--outcome", "incomplete") == ["2"], "\(way)")
                #expect(try await positions("--backend", "lab-z").isEmpty, "\(way)")
                #expect(try await positions("--sort", "outcome") == ["2", "0", "1"], "\(way)")
                #expect(try await positions("--sort", "failures") == ["1", "0", "2"], "\(way)")

                func jobsets(_ options: String...) async throws -> [String] {
                    let ending = try await run(["ls"] + options)
                    #expect(ending.status == 0, "\(way): \(ending.errors)")
                    return ending.output.split(separator: "\n").dropFirst().map { String($0.prefix(36)) }
                }
                #expect(try await jobsets("--verdict", "failed") == [first], "\(way)")
                #expect(try await jobsets("--sort", "verdict") == [first, second], "\(way)")
                #expect(try await jobsets("--sort", "created") == [second, first], "\(way)")
                #expect(try await jobsets("--environment", "env-4") == [second], "\(way)")
                #expect(try await jobsets("--since", "1h").count == 2, "\(way)")
                #expect(try await jobsets("--until", "1h").isEmpty, "\(way)")
                #expect(try await jobsets("--label", "a=b").isEmpty, "\(way)")
                #expect(try await jobsets("--build", "1", "--since", "2026-01-01").count == 2, "\(way)")
                #expect(try await jobsets("--build", "g/p/1").count == 2, "\(way)")
                #expect(try await run(["ls", "--project", "g/p"]).status == 2)
                #expect(try await run(["ls", "--since", "yesterday"]).status == 2)
            }
        }
    }

    @Test("A page's address is printed, if it is known")
    func web() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 1)
            let unknown = try await fleet.muster("status", id, "--web")
            #expect(unknown.status == 2)
            #expect(unknown.errors.contains("gateway.public_url"))
            let environment = fleet.environment.merging([
                "MUSTER_GATEWAY_PUBLIC_URL": "https://muster.example.com/", "BROWSER": "/bin/true",
            ]) { $1 }
            let known = try await Program(arguments: ["status", id, "--web"], environment: environment).run()
            #expect(known.output == "https://muster.example.com/jobsets/\(id)\n", "\(known.errors)")
        }
    }

    @Test("Shells complete jobsets; a fleet that is away completes nothing")
    func completions() async throws {
        try await both { fleet, ways in
            let id = try await fleet.accept(jobs: 1)
            for (way, run) in ways {
                // What the scripts of the shells run (swift-argument-parser, "Customizing Completions"). It has two seconds, which
                // a busy machine may not have.
                let line = ["---completion", "status", "--", "positional@0", "2", "0", "muster", "status", ""]
                try await eventually("the jobsets, \(way)") {
                    try await run(line).output.split(separator: "\n").map(String.init) == [id, "g/p/1"]
                }
            }
            let away = fleet.environment.merging(["MUSTER_DATABASE_URL": "postgres://u:p@127.0.0.1:1/none"]) { $1 }
            let arguments = ["---completion", "status", "--", "positional@0", "2", "0", "muster", "status", ""]
            let nothing = try await Program(arguments: arguments, environment: away).run()
            #expect(nothing.output.trimmingCharacters(in: .newlines).isEmpty)
            #expect(nothing.errors.isEmpty)
        }
    }

    @Test("watch reports each job that fails, once, and ends as wait does", arguments: [false, true])
    func watch(isServed: Bool) async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let id = try await fleet.accept(jobs: 3)
                let jobs = try await fleet.store.jobs(of: try #require(UUID(uuidString: id)))
                let program =
                    isServed
                    ? served(gateway.url, token: token, ["watch", id])
                    : Program(arguments: ["watch", id], environment: fleet.environment)
                let ending = try await program.run { _, errors in
                    // Each look after the failure would report it again.
                    for (position, text) in [(1, "job 1 (env-1) incomplete"), (0, "2 of 3 jobs"), (2, "3 of 3 jobs")] {
                        let outcome: JobOutcome = position == 1 ? .incomplete : .complete
                        _ = try await fleet.store.finishJobs([
                            JobEnd(jobID: jobs[position].id, outcome: outcome, reason: "no board")
                        ])
                        try await eventually(text) { try String(contentsOf: errors, encoding: .utf8).contains(text) }
                    }
                }
                #expect(ending.status == 3, "\(ending.errors)")
                #expect(ending.errors.ranges(of: "job 1 (env-1) incomplete: no board\n").count == 1, "\(ending.errors)")
                #expect(ending.output.hasPrefix("incomplete, 1 of 3 jobs missing"))
            }
        }
    }

    @Test("On a terminal watch shows the jobs that matter, drawn again in place; ^C leaves the jobset alone")
    func terminal() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 40)
            let program = try TerminalProgram(["watch", String(id.prefix(8))], environment: fleet.environment)
            try await program.waitFor("env-0")
            try await program.waitFor("more: `muster jobs \(id.prefix(8))`")
            let jobs = try await fleet.store.jobs(of: try #require(UUID(uuidString: id)))
            _ = try await fleet.store.finishJobs([JobEnd(jobID: jobs[35].id, outcome: .incomplete, reason: "no board")])
            // It was too far down to be shown before it failed.
            try await program.waitFor("env-35")
            // In place of the first drawing.
            #expect(program.screen.contains(/\u{1B}\[\d+A/))
            program.pressControlC()
            #expect(try await program.waitForEnd() == 130)
            try await program.waitFor("interrupted; the jobset continues")
        }
    }
}
