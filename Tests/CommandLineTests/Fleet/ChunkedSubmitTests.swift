// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("muster submit, of large files")
struct ChunkedSubmitTests {
    private func environments(_ count: Int) -> [String] { (0..<count).map { "env-\($0)" } }

    private func id(_ ending: Program.Ending) -> String { ending.output.trimmingCharacters(in: .newlines) }

    @Test("20,000 jobs go in chunks and end in one sealed jobset, in the file's order; again, it is the same one")
    func manyJobs() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withFile(JobText.lines(20_000)) { path in
                    let ending = try await fleet.muster("submit", path, "--chunk-jobs", "1500")
                    #expect(ending.status == 0, "\(ending.errors)")
                    #expect(ending.errors.contains("20000 jobs in 14 chunks"))
                    #expect(ending.errors.hasSuffix("accepted: 20000 jobs\n"))
                    let id = id(ending)
                    #expect(try await fleet.environments(of: id) == environments(20_000))
                    let status = try await fleet.muster("status", id, "--output", "json")
                    #expect(status.output.contains("\"is_sealed\" : true"))
                    #expect(status.output.contains("\"total\" : 20000"))
                    let again = try await fleet.muster("submit", path, "--chunk-jobs", "1500")
                    #expect(again.status == 0, "\(again.errors)")
                    #expect(self.id(again) == id)
                    #expect(again.errors.contains("20000 of the jobs were already present"))
                    let whole = try await fleet.muster("submit", path, "--chunk-jobs", "5000")
                    #expect(self.id(whole) == id, "\(whole.errors)")
                }
            }
        }
    }

    @Test("Killed in the middle, the same command goes on where it was, and no job is in twice")
    func resumed() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withFile(JobText.lines(2_000)) { path in
                    let arguments = ["submit", path, "--chunk-jobs", "20"]
                    let killed = try await Program(arguments: arguments, environment: fleet.environment).run {
                        process,
                        _ in
                        try await fleet.waitForAdditions(5)
                        kill(process.processIdentifier, SIGKILL)
                    }
                    #expect(killed.status != 0 && killed.output.isEmpty)
                    let other = try await fleet.muster("submit", path, "--chunk-jobs", "30")
                    #expect(other.status == 2)
                    #expect(other.errors.contains("in chunks of another size"))
                    let ending = try await Program(arguments: arguments, environment: fleet.environment).run()
                    #expect(ending.status == 0, "\(ending.errors)")
                    #expect(ending.errors.contains("of the jobs were already present"))
                    #expect(try await fleet.environments(of: id(ending)) == environments(2_000))
                }
            }
        }
    }

    @Test("A document with more jobs than ingest takes at once goes in chunks by itself, also through a pipe")
    func tooMany() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                let limits = fleet.environment.merging(["MUSTER_INGEST_MAXIMUM_JOBS": "8"]) { $1 }
                let jobs = (0..<21).map { JobText.job($0) }.joined(separator: ",")
                let document = #"{"jobs": [\#(jobs)], "build": "/g/p/1"}"#
                try await fleet.withFile(document, name: "jobs.json") { path in
                    let ending = try await Program(arguments: ["submit", path], environment: limits).run()
                    #expect(ending.status == 0, "\(ending.errors)")
                    #expect(ending.errors.contains("21 jobs in 11 chunks"))
                    #expect(try await fleet.environments(of: id(ending)) == environments(21))
                    let piped = try await Program(arguments: ["submit", "-"], environment: limits, input: document)
                        .run()
                    #expect(id(piped) == id(ending), "\(piped.errors)")
                }
            }
        }
    }

    @Test("JSON lines that fit one message are the same jobset as the document of the same jobs")
    func small() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                let jobs = (0..<3).map { JobText.job($0) }.joined(separator: ",")
                let document = try await fleet.muster("submit", "-", input: #"{"build": "/g/p/1", "jobs": [\#(jobs)]}"#)
                let lines = try await fleet.muster("submit", "-", input: JobText.lines(3))
                #expect(lines.status == 0, "\(lines.errors)")
                #expect(lines.output == document.output)
                let empty = try await fleet.muster("submit", "-", "--chunk-jobs", "5", input: JobText.lines(0))
                #expect(empty.errors == "accepted: 0 jobs\n")
            }
        }
    }

    @Test("A file with a fault is refused whole, with the line, before anything is sent")
    func fault() async throws {
        try await TestFleet.with { fleet in
            let text = JobText.lines(50) + JobText.job(50, backend: "lab-z") + "\n"
            let ending = try await fleet.muster("submit", "-", "--chunk-jobs", "10", input: text)
            #expect(ending.status == 2)
            #expect(ending.errors.hasPrefix("muster: standard input can't be sent: 1 error\n"))
            #expect(ending.errors.contains("  /jobs/50/backend: is not a known backend"))
            #expect(ending.errors.contains("(line 52)\nnothing was sent\n"))
            #expect(try await fleet.withSession { try await $0.messageCount(fleet.topology.jobsets) == nil })
        }
    }

    @Test("Without ingest it says so with 4, and how to go on")
    func noIngest() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withFile(JobText.lines(50)) { path in
                let ending = try await fleet.muster("submit", path, "--chunk-jobs", "10", "--timeout", "1")
                #expect(ending.status == 4)
                #expect(ending.errors.contains("ingest has not answered within 1 s"))
                #expect(ending.errors.contains("start muster-ingest"))
                #expect(ending.errors.contains("`muster submit \(path) --chunk-jobs 10` resumes"))
            }
        }
    }
}
