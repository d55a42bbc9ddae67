// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("muster over HTTP prints what it prints on the fleet's own machines")
struct SameOutputTests {
    /// A finished jobset with results, a running one, a refused document, and a token.
    private func prepared(_ fleet: TestFleet) async throws -> (finished: String, running: String) {
        let finished = try await fleet.accept(jobs: 3)
        let running = try await fleet.accept(jobs: 120)
        let id = try #require(UUID(uuidString: finished))
        let ends = try await fleet.store.jobs(of: id).map { job in
            JobEnd(
                jobID: job.id,
                outcome: job.position == 1 ? .incomplete : .complete,
                reason: job.position == 1 ? "no board \u{1B}[31m" : nil,
                tests: TestCounts(pass: 3, fail: 1, skip: 0, unknown: 0)
            )
        }
        _ = try await fleet.store.finishJobs(ends)
        _ = try await fleet.store.recordRejection(
            messageID: "m-1",
            digest: Array(repeating: 7, count: 32),
            problem: .invalidDocument([Fault(pointer: "/build", reason: "is missing")]),
            body: Array("{}".utf8),
            keepBytes: 1_000
        )
        return (finished, running)
    }

    /// What is asked in both ways; FINISHED, RUNNING and NOBODY stand for ids.
    static let questions: [[String]] = [
        ["status", "FINISHED"], ["status", "RUNNING"], ["status", "NOBODY"], ["ls"], ["ls", "--limit", "1"],
        ["ls", "--state", "finished"], ["ls", "--group", "none"], ["jobs", "FINISHED"],
        ["ls", "--sort", "build", "--since", "2026-01-01"], ["ls", "--label", "a=b", "--verdict", "passed"],
        ["status", "g/p/1"], ["status", "g/p/1@latest"], ["status", "g/none/1"], ["status", "6f1c0000"],
        ["jobs", "FINISHED", "--failed", "--sort", "failures"], ["jobs", "FINISHED", "--outcome", "complete"],
        ["watch", "FINISHED"],
        ["jobs", "RUNNING", "--from", "100", "--limit", "7"], ["jobs", "RUNNING", "--from", "5000"],
        ["jobs", "FINISHED", "--state", "finished"], ["jobs", "NOBODY"], ["job", "FINISHED", "1"],
        ["job", "FINISHED", "9"], ["job", "NOBODY", "0"], ["results", "FINISHED"], ["results", "NOBODY"],
        ["report", "RUNNING"], ["report", "FINISHED"], ["report", "FINISHED", "--generation", "7"],
        ["report", "NOBODY"], ["deliveries", "FINISHED"], ["deliveries", "NOBODY"], ["delivery", "NOBODY"],
        ["redeliver", "NOBODY"], ["redeliver", "--failed", "NOBODY"], ["redeliver", "--failed", "FINISHED"],
        ["bulk", "cancel", "--group", "none"],
        ["bulk", "cancel", "--environment", "env-1", "--created-after", "2026-01-01T00:00:00Z"],
        ["bulk", "retry", "--group", "g", "--limit", "1"], ["bulk", "retry", "--reason-contains", "no board", "--yes"],
        ["bulk", "redeliver", "--group", "g", "--label", "a=b"], ["bulk", "retry"],
        ["seal", "FINISHED"], ["seal", "NOBODY"], ["seal", "RUNNING"], ["cancel", "FINISHED"], ["cancel", "NOBODY"],
        ["cancel", "RUNNING", "--job", "500"], ["retry", "RUNNING"], ["retry", "NOBODY"],
        ["retry", "FINISHED", "--job", "9"], ["change", "NOBODY", "--priority", "9"],
        ["change", "RUNNING", "--priority", "9", "--timeout", "none", "--max-failures", "10%"],
        ["change", "FINISHED", "--priority", "9"], ["wait", "FINISHED"], ["wait", "NOBODY"], ["backends"],
        ["backend", "pause", "lab-z"], ["backend", "resume", "lab-a"], ["rejected"], ["rejected", "1"],
        ["rejected", "99"], ["rejected", "1", "--body"], ["dead", "list"], ["dead", "drop", "key"],
        ["dead", "requeue", "--all"], ["known-issue", "list", "g/p"], ["known-issue", "list", "g"],
        ["known-issue", "add", "g/p", "--suite", "ltp", "--reason", "x", "--url", "ftp://x"],
        ["known-issue", "add", "g/p", "--reason", "x"], ["known-issue", "remove", "g/p", "99"],
        ["webhook", "list", "g/p"],
        ["webhook", "set", "g/p", "ci", "--url", "https://ci.example.org/", "--secret", "nobody"],
        ["webhook", "set", "g/p", "ci", "--url", "http://127.0.0.1/"],
        ["webhook", "set", "g/p", "ci", "--url", "ftp://x"],
        ["webhook", "redeliver", "g/p", "nobody"], ["webhook", "remove", "g/p", "nobody"],
        ["webhook", "enable", "g/p", "nobody"], ["webhook", "disable", "g/p", "nobody"],
        ["webhook", "rotate", "g/p", "nobody"], ["webhook", "rotate", "g/p", "x", "--previous-seconds", "-1"],
        ["webhook", "set", "g/p", "ci", "--url", "https://x.example/", "--parameter", "a"],
        ["webhook", "set", "g/p", "ci", "--url", "https://x.example/", "--template", "matrix"], ["token", "list"],
        ["token", "revoke", "nobody"],
        ["token", "create", "taken", "--project", "g/p"], ["audit", "--action", "cancel"],
        ["audit", "--actor", "nobody"], ["audit", "--jobset", "NOBODY"],
        ["report-result", "FINISHED", "1"], ["report-result", "RUNNING", "0", "--outcome", "incomplete"],
        ["report-result", "NOBODY", "0"], ["report-result", "RUNNING", "5000"],
        ["report-result", "RUNNING", "0", "--url", "ftp://example.com"],
    ]

    private static let changing: Set<String> = ["seal", "cancel", "change", "backend", "redeliver"]

    @Test("Every verb, as text and as JSON")
    func everyVerb() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let (finished, running) = try await prepared(fleet)
                _ = try await fleet.muster("token", "create", "taken", "--project", "g/p")
                for question in Self.questions {
                    let words = question.map { word in
                        ["FINISHED": finished, "RUNNING": running, "NOBODY": "6f1c0000-0000-4000-8000-00000000002a"][
                            word
                        ] ?? word
                    }
                    for arguments in [words, words + ["--output", "json"]] {
                        if Self.changing.contains(words[0]) {
                            // From then on nothing changes.
                            _ = try await Program(arguments: arguments, environment: fleet.environment).run()
                        }
                        async let asked = Program(arguments: arguments, environment: fleet.environment).run()
                        let served = try await served(gateway.url, token: token, arguments).run()
                        let direct = try await asked
                        #expect(served.status == direct.status, "\(arguments)")
                        #expect(
                            Self.withoutUse(served.output) == Self.withoutUse(direct.output),
                            "\(arguments): \(served.errors)"
                        )
                        #expect(served.errors == direct.errors, "\(arguments)")
                    }
                }
            }
        }
    }

    /// When a token was last used is no matter of how it is asked for: it is that very question.
    private static func withoutUse(_ output: String) -> String {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        let isTokens = lines.first?.contains("LAST USED") == true
        return lines.filter { !$0.contains("last_used_at") }.map { line in
            guard isTokens else { return line.hasSuffix(",") ? String(line.dropLast()) : String(line) }
            return line.split(separator: "\t").dropLast().joined(separator: "\t")
        }
        .joined(separator: "\n")
    }

    @Test(
        "A report in each form is the same to the last byte, also one of an earlier generation",
        arguments: [
            "text", "json", "html", "junit",
        ]
    )
    func reports(format: String) async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let (finished, _) = try await prepared(fleet)
                for generation in 1...2 {
                    let form = "<\(generation)> \u{e9}"
                    _ = try await fleet.postgres.execute(
                        """
                        with made as (
                            insert into report (jobset_id, generation) values (\(finished)::uuid, \(generation))
                            returning jobset_id, generation
                        )
                        insert into report_form (jobset_id, generation, format, body)
                        select jobset_id, generation, format, \(form)
                        from made, unnest(\(ReportFormat.allCases.map(\.rawValue))) format
                        """
                    )
                }
                for more in [[], ["--generation", "1"]] {
                    let arguments = ["report", finished, "--format", format] + more
                    let direct = try await Program(arguments: arguments, environment: fleet.environment).run()
                    let served = try await served(gateway.url, token: token, arguments).run()
                    #expect(direct.status == 0, "\(direct.errors)")
                    #expect(direct.output.contains(more.isEmpty ? "2" : "1"))
                    #expect(served.output == direct.output, "\(served.errors)")
                    #expect(served.status == 0)
                }
            }
        }
    }

    @Test(
        "What works on the fleet's own machines alone is refused with 2 and says why",
        arguments: [
            ["migrate"], ["callback", "key"], ["callback", "test", "https://example.com"],
        ]
    )
    func ownMachines(arguments: [String]) async throws {
        let ending = try await served("https://127.0.0.1:1", arguments).run()
        #expect(ending.status == 2)
        #expect(ending.errors.contains("works only on the fleet's own machines"))
        #expect(ending.errors.contains("without --server and MUSTER_SERVER"))
    }
}
