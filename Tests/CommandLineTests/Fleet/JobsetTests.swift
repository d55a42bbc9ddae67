// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@Suite("The verbs that look at a jobset")
struct JobsetTests {
    /// Stores a jobset as ingest would and answers its id.
    private func accept(_ fleet: TestFleet, jobs: Int) async throws -> UUID {
        let id = UUID()
        let entries = (0..<jobs).map { number in
            #"{"environment": "env-\#(number)", "backend": "lab-a", "definition": "device_type: sim"}"#
        }
        let text = #"{"build": "/g/p/1", "jobs": [\#(entries.joined(separator: ","))]}"#
        let document = try JobsetDocument.read(Array(text.utf8), limits: DocumentLimits(), knownBackends: ["lab-a"])
        try await fleet.withStore { store in
            try await store.registerBackends(["lab-a"])
            _ = try await store.acceptJobset(id: id, document: document)
        }
        return id
    }

    @Test("An empty jobset has passed, and waiting for it ends at once")
    func empty() async throws {
        try await TestFleet.with { fleet in
            let id = try await accept(fleet, jobs: 0).uuidString.lowercased()
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
            let id = try await accept(fleet, jobs: 2).uuidString.lowercased()
            let list = try await fleet.muster("ls", "--state", "running")
            #expect(list.output.contains("\(id)\t/g/p/1\trunning\t0/2\t"))
            #expect(
                try await fleet.muster("ls", "--group", "other").output
                    == "JOBSET\tBUILD\tSTATE\tJOBS\tCREATED\n"
            )
            let jobs = try await fleet.muster("jobs", id)
            #expect(jobs.output.contains("1\tenv-1\tlab-a\twaiting\t0\t0\t-\t-\n"))
            let report = try await fleet.muster("report", id)
            #expect(report.status == 3)
            #expect(report.errors.contains("still running"))
            let wait = try await fleet.muster("wait", id, "--timeout", "1")
            #expect(wait.status == 4)
            #expect(wait.errors.contains("0 of 2 jobs ended, 2 waiting (0:00)\n"))
            #expect(wait.errors.contains("has not ended within 1 s"))
            #expect(try await fleet.muster("results", id).errors == "there are no such results\n")
            #expect(try await fleet.muster("deliveries", id).errors.contains("there are none yet"))
        }
    }

    @Test("^C leaves the jobset alone and says how to go on")
    func interrupted() async throws {
        try await TestFleet.with { fleet in
            let id = try await accept(fleet, jobs: 1).uuidString.lowercased()
            let ending = try await Program(arguments: ["wait", id], environment: fleet.environment).run {
                process,
                errors in
                // The first line of progress says that it waits.
                let deadline = ContinuousClock.now + .seconds(30)
                while ContinuousClock.now < deadline {
                    if let said = try? String(contentsOf: errors, encoding: .utf8),
                        said.contains("jobs ended") || said.contains("job ended")
                    {
                        break
                    }
                    try await Task.sleep(for: .milliseconds(20))
                }
                process.interrupt()
            }
            #expect(ending.status == 130)
            #expect(ending.errors.contains("the jobset goes on"))
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
            #expect(wait.errors.contains("the database is away, trying again"))
            #expect(wait.errors.contains("has not ended within 3 s"))
            #expect(!wait.errors.contains("hunter2"))
        }
    }
}
