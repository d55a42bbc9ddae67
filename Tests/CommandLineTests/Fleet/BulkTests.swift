// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import TestSupport
import Testing

@Suite("Many jobsets at once")
struct BulkTests {
    @Test("Nothing is done without --yes, and then what was shown")
    func cancel() async throws {
        try await TestFleet.with { fleet in
            let ids = [try await fleet.accept(jobs: 2), try await fleet.accept(jobs: 1)]
            let shown = try await fleet.muster("bulk", "cancel", "--group", "g")
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(ids.allSatisfy { shown.output.contains($0) })
            #expect(shown.errors.contains("This would cancel 3 jobs of 2 jobsets."))
            #expect(shown.errors.contains("--yes"))
            #expect(try await fleet.muster("status", ids[0]).output.contains("state\trunning\n"))
            let done = try await fleet.muster("bulk", "cancel", "--group", "g", "--reason", "enough", "--yes")
            #expect(done.output == shown.output)
            #expect(done.errors.contains("Canceled 3 jobs of 2 jobsets.") && !done.errors.contains("--yes"))
            #expect(try await fleet.muster("status", ids[0]).output.contains("canceled"))
            let again = try await fleet.muster("bulk", "cancel", "--group", "g", "--yes")
            #expect(again.status == 0 && again.errors.contains("no jobsets match"))
        }
    }

    @Test("More than one request may ask for are done one after another, up to the limit")
    func pages() async throws {
        try await TestFleet.with { fleet in
            for _ in 0..<5 { _ = try await fleet.accept(jobs: 1) }
            var environment = fleet.environment
            environment["MUSTER_GATEWAY_MAXIMUM_BULK_JOBSETS"] = "2"
            func muster(_ arguments: String...) async throws -> Program.Ending {
                try await Program(arguments: arguments, environment: environment).run()
            }
            let some = try await muster("bulk", "cancel", "--project", "p", "--limit", "3")
            #expect(some.output.split(separator: "\n").count == 4)
            #expect(some.errors.contains("2 more jobsets match."))
            let all = try await muster("bulk", "cancel", "--project", "p", "--yes", "--output", "json")
            #expect(all.output.contains("\"done\" : 5") && all.output.contains("\"left\" : 0"), "\(all.output)")
        }
    }

    @Test(
        "What says nothing, or is none, is refused",
        arguments: [
            [], ["--label", "x"], ["--created-after", "yesterday"], ["--created-after", "2026-02-30T00:00:00Z"],
            ["--group", "g", "--limit", "0"], ["--yes"],
        ]
    )
    func wrong(_ arguments: [String]) async throws {
        let program = Program(arguments: ["bulk", "retry"] + arguments, environment: [:])
        #expect(try await program.run().status == 2)
    }

    @Test("The examples of docs/cli.md and of the help are understood")
    func examples() async throws {
        let block = try #require(
            try DocumentedCode.blocks(of: "docs/cli.md", in: "sh").first { $0.contains("muster bulk") }
        )
        let commands = block.split(separator: "\n").filter { $0.hasPrefix("muster bulk") }
        try #require(commands.count == 4)
        try await TestFleet.with { fleet in
            for command in commands {
                let words = command.split(separator: "#")[0].matches(of: /"([^"]*)"|([^ "]+)/).map { match in
                    String(match.1 ?? match.2 ?? "")
                }
                let ending = try await Program(
                    arguments: Array(words.dropFirst()),
                    environment: fleet.environment
                ).run()
                #expect(
                    ending.status == 0 && ending.errors.contains("no jobsets match"),
                    "\(command): \(ending.errors)"
                )
            }
        }
    }
}
