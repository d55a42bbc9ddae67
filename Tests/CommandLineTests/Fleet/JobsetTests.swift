// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("The verbs that look at a jobset")
struct JobsetTests {
    @Test("An empty jobset has passed, and waiting for it ends at once")
    func empty() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 0)
            let wait = try await fleet.muster("wait", id)
            #expect(wait.status == 0, "\(wait.errors)")
            #expect(wait.output == "passed: no jobs, no tests\n")
            let status = try await fleet.muster("status", id, "--output", "json")
            #expect(status.output.contains("\"verdict\" : \"passed\""))
            let report = try await fleet.muster("report", id)
            #expect(report.status == 3)
            #expect(report.errors.contains("not written yet"))
        }
    }

    @Test("A jobset that runs is listed with its jobs; waiting for it has a limit of its own")
    func running() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 2)
            let list = try await fleet.muster("ls", "--state", "running")
            #expect(list.output.contains("\(id)\t/g/p/1\trunning\t0/2\t"))
            #expect(
                try await fleet.muster("ls", "--group", "other").output
                    == "JOBSET\tBUILD\tSTATE\tJOBS\tCREATED\n"
            )
            let jobs = try await fleet.muster("jobs", id)
            #expect(jobs.output.contains("1\tenv-1\tlab-a\twaiting\t0\t0\t-\t-\n"))
            let job = try await fleet.muster("job", id, "1")
            #expect(job.output.hasPrefix("job\t1\nenvironment\tenv-1\nbackend\tlab-a\nstate\twaiting\n"))
            let absent = try await fleet.muster("job", id, "2")
            #expect(absent.status == 2)
            #expect(absent.errors.contains("its jobs are 0 to 1"))
            let report = try await fleet.muster("report", id)
            #expect(report.status == 3)
            #expect(report.errors.contains("still running"))
            let wait = try await fleet.muster("wait", id, "--timeout", "1")
            #expect(wait.status == 4)
            #expect(wait.errors.contains("0 of 2 jobs ended, 2 waiting (0:00)\n"))
            #expect(wait.errors.contains("has not ended within 1 s"))
            #expect(try await fleet.muster("results", id).errors == "no results match\n")
            #expect(try await fleet.muster("deliveries", id).errors.contains("no deliveries yet"))
        }
    }

    @Test("A job is shown with the attempt that its lab failed and the one that counts, for people and for programs")
    func attempts() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 1)
            let jobset = try #require(UUID(uuidString: id))
            let job = try #require(try await fleet.store.jobs(of: jobset).first)
            for (number, health) in [(10, "Incomplete"), (11, "Complete")] {
                let terms = ClaimTerms(claimant: UUID(), lease: .seconds(60), maximumInFlight: 10)
                guard case .claimed(let attempt) = try await fleet.store.claimJob(id: job.id, terms: terms) else {
                    Issue.record("the job could not be claimed")
                    return
                }
                try await fleet.store.client.execute("update jobset set retries = 1")
                try await fleet.store.recordSubmission(
                    attempt: attempt.id,
                    groups: [SubmittedGroup([SubmittedLabJob(number: number)])],
                    terms: DoubtTerms(
                        settle: .zero,
                        secondLook: .zero,
                        cancelsExpired: true,
                        giveUpAfter: .zero
                    )
                )
                let seen = LabJobObservation(
                    number: number,
                    tag: attempt.id,
                    health: health,
                    device: "board-1",
                    submitTime: .now,
                    startTime: .now,
                    endTime: .now
                )
                let rows = try await fleet.store.observeFinished([seen], backend: "lab-a")
                let error = number == 10 ? "no power" : nil
                _ = try await fleet.store.finishLabJobs(
                    rows.map { FetchedLabJob(id: $0.id, errorMessage: error, isInfrastructure: number == 10) }
                )
            }
            let shown = try await fleet.muster("job", id, "0")
            #expect(shown.output.contains("state\tcomplete\n"))
            #expect(shown.output.contains("attempt 1\tincomplete: no power\n"))
            #expect(shown.output.contains("    page\thttp://127.0.0.1:1/scheduler/job/10\n"))
            #expect(shown.output.contains("attempt 2\tcomplete\n"))
            let jobs = try await fleet.muster("jobs", id)
            #expect(jobs.output.contains("\tATTEMPTS\t"))
            let json = try await fleet.muster("job", id, "0", "--output", "json")
            #expect(json.output.contains("\"attempt_history\""))
            #expect(json.output.contains("\"error_message\" : \"no power\""))
        }
    }

    @Test("^C leaves the jobset alone and says how to go on")
    func interrupted() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 1)
            let ending = try await Program(arguments: ["wait", id], environment: fleet.environment).run {
                process,
                errors in
                // The first line of progress says that it waits.
                try await eventually("progress") {
                    try String(contentsOf: errors, encoding: .utf8).contains(/jobs? ended/)
                }
                process.interrupt()
            }
            #expect(ending.status == 130)
            #expect(ending.errors.contains("the jobset continues"))
            #expect(ending.errors.contains("muster wait \(id)"))
        }
    }

    @Test("An unknown id is 2 everywhere", arguments: ["wait", "status", "jobs", "results", "report", "deliveries"])
    func unknown(verb: String) async throws {
        try await TestFleet.with { fleet in
            let ending = try await fleet.muster(verb, "6f1c0000-0000-4000-8000-00000000002a")
            #expect(ending.status == 2)
            #expect(ending.errors.contains("there is no jobset 6f1c0000-0000-4000-8000-00000000002a"))
        }
    }

    @Test("A database that is away is asked again until the limit")
    func away() async throws {
        try await TestFleet.with { fleet in
            let environment = fleet.environment.merging([
                "MUSTER_DATABASE_URL": "postgres://muster:hunter2@127.0.0.1:1/muster"
            ]) { $1 }
            let wait = try await Program(
                arguments: ["wait", "6f1c0000-0000-4000-8000-00000000002a", "--timeout", "3"],
                environment: environment
            ).run()
            #expect(wait.status == 4)
            #expect(wait.errors.contains("the database is unreachable, trying again"))
            #expect(wait.errors.contains("has not ended within 3 s"))
            #expect(!wait.errors.contains("hunter2"))
        }
    }
}
