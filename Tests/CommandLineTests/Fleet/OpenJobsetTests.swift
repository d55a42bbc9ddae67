// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Open jobsets, changes and retries")
struct OpenJobsetTests {
    private func submit(_ document: String, to fleet: TestFleet) async throws -> String {
        let ending = try await fleet.muster("submit", "-", input: document)
        #expect(ending.status == 0, "\(ending.errors)")
        return ending.output.trimmingCharacters(in: .newlines)
    }

    @Test("Jobs are added to an open jobset, each addition once, until it is sealed")
    func life() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                let id = try await submit(#"{"build": "/g/p/1", "open": true, "jobs": []}"#, to: fleet)
                #expect(try await fleet.muster("ls").output.contains("\topen\t0/0+\t"))
                let wait = try await fleet.muster("wait", id, "--timeout", "1")
                #expect(wait.status == 4)
                #expect(wait.errors.contains("0 of 0+ jobs ended, open"))
                let first = "[\(JobText.job(0)), \(JobText.job(1))]"
                let added = try await fleet.muster("add", id, "-", input: first)
                #expect(added.status == 0, "\(added.errors)")
                #expect(added.output == "added\t2 jobs\njobs\t2 jobs\nsealed\tno\n")
                let again = try await fleet.muster("add", id, "-", "--output", "json", input: first)
                #expect(again.output.contains("\"added\" : 0"))
                #expect(again.output.contains("\"in_before\" : 2"))
                #expect(again.output.contains("\"total\" : 2"))
                let own = UUID().uuidString
                for _ in 0..<2 { _ = try await fleet.muster("add", id, "-", "--id", own, input: first) }
                let lines = (2..<9).map { JobText.job($0) }.joined(separator: "\n")
                let sealed = try await fleet.muster("add", id, "-", "--chunk-jobs", "3", "--seal", input: lines)
                #expect(sealed.output == "added\t7 jobs\njobs\t11 jobs\nsealed\tyes\n", "\(sealed.errors)")
                #expect(
                    try await fleet.environments(of: id)
                        == (["env-0", "env-1", "env-0", "env-1"] + (2..<9).map { "env-\($0)" })
                )
                let repeated = try await fleet.muster("add", id, "-", "--chunk-jobs", "3", "--seal", input: lines)
                #expect(repeated.status == 0, "\(repeated.errors)")
                let late = try await fleet.muster("add", id, "-", input: "[\(JobText.job(99))]")
                #expect(late.status == 2)
                #expect(late.errors.contains("the jobset is sealed"))
                #expect(try await fleet.muster("seal", id).errors == "the jobset was sealed before\n")
            }
        }
    }

    @Test("Sealing an open jobset without jobs finishes it, and tells its notifier")
    func sealEmpty() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                let id = try await submit(#"{"build": "/g/p/1", "open": true, "jobs": []}"#, to: fleet)
                let seal = try await fleet.muster("seal", id)
                #expect(seal.output == "sealed\twith 0 jobs\nfinished\tat once: no jobs were pending\n")
                #expect(try await fleet.muster("wait", id).output == "passed: no jobs, no tests\n")
                let late = try await fleet.muster("seal", id)
                #expect(late.status == 2)
                #expect(late.errors.contains("has finished already, as passed"))
                let told = try await fleet.withSession {
                    try await $0.messageCount(fleet.topology.notifications)?.messages
                }
                #expect(told == 1)
            }
        }
    }

    @Test("A declared total seals the jobset once its jobs are in, and what goes beyond it is refused")
    func total() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                let id = try await submit(#"{"build": "/g/p/1", "open": true, "jobs": []}"#, to: fleet)
                let declared = try await fleet.muster("add", id, "-", "--total", "2", input: JobText.job(0))
                #expect(declared.output.contains("declared\t2 jobs, 1 still to be added\nsealed\tno\n"))
                let three = (1..<4).map { JobText.job($0) }.joined(separator: "\n")
                let beyond = try await fleet.muster("add", id, "-", input: three)
                #expect(beyond.status == 2)
                #expect(beyond.errors.contains("would have 4 jobs; it was declared to have 2"))
                let last = try await fleet.muster("add", id, "-", input: JobText.job(1))
                #expect(last.output.contains("sealed\tyes\n"))
            }
        }
    }

    @Test("An unknown jobset is 2 for every verb that changes one", arguments: ["seal", "retry", "change"])
    func unknown(verb: String) async throws {
        try await TestFleet.with { fleet in
            let id = "6f1c0000-0000-4000-8000-00000000002a"
            let options = verb == "change" ? ["--priority", "1"] : []
            let ending = try await Program(arguments: [verb, id] + options, environment: fleet.environment).run()
            #expect(ending.status == 2)
            #expect(ending.errors.contains("there is no jobset \(id)"))
        }
    }

    @Test("Priority, deadline and limit of failures are changed while it runs, and taken away again")
    func change() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 2)
            let change = try await fleet.muster(
                "change",
                id,
                "--priority",
                "90",
                "--max-failures",
                "10%",
                "--timeout",
                "3600"
            )
            #expect(change.status == 0, "\(change.errors)")
            #expect(change.output.contains("priority\t90\n"))
            #expect(change.output.contains("failures\t0, the rest is canceled after more than 10%\n"))
            #expect(change.output.contains("deadline\t"))
            let back = try await fleet.muster("change", id, "--max-failures", "none", "--timeout", "none")
            #expect(!back.output.contains("failures\t") && !back.output.contains("deadline\t"))
            let json = try await fleet.muster("change", id, "--max-failures", "3", "--output", "json")
            #expect(json.output.contains("\"max_failures\" : \"3\""))
            _ = try await fleet.muster("cancel", id)
            let late = try await fleet.muster("change", id, "--priority", "1")
            #expect(late.status == 2)
            #expect(late.errors.contains("has finished already, as canceled"))
        }
    }

    @Test("A finished jobset is retried once its report is written; until then it is tried for a while")
    func retry() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 3)
            let running = try await fleet.muster("retry", id)
            #expect(running.status == 2)
            #expect(running.errors.contains("the jobset has not finished: 3 jobs of it have not ended"))
            _ = try await fleet.muster("cancel", id)
            let pending = try await fleet.muster("retry", id)
            #expect(pending.status == 4)
            #expect(pending.errors.contains("the report of what has just ended is not made yet"))
            // As the notifier does when it has written the report.
            _ = try await fleet.postgres.execute("update delivery set state = 'delivered', due_at = now()")
            let absent = try await fleet.muster("retry", id, "--job", "7")
            #expect(absent.status == 2)
            #expect(absent.errors.contains("the jobset has no job 7"))
            let retry = try await fleet.muster("retry", id, "--job", "1", "--job", "2")
            #expect(retry.status == 0, "\(retry.errors)")
            #expect(retry.output == "generation\t2\nre-run\t2 jobs\n")
            let status = try await fleet.muster("status", id)
            #expect(status.output.contains("generation\t2\n"))
            #expect(status.output.contains("state\trunning\n"))
            let wait = try await fleet.muster("deliveries", id)
            #expect(wait.output.hasPrefix("EVENT\tKIND\t"))
            #expect(wait.output.contains("finished\treport\t"))
        }
    }
}
