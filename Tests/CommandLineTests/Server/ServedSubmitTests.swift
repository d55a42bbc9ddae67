// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("muster submit and wait over HTTP")
struct ServedSubmitTests {
    private static let document =
        #"{"build": "/g/p/1", "jobs": [{"environment": "e", "backend": "lab-a", "definition": "device_type: sim"}]}"#

    /// Ends all jobs of a jobset as a watcher would.
    private func end(_ id: String, in fleet: TestFleet) async throws {
        let ends = try await fleet.store.jobs(of: try #require(UUID(uuidString: id))).map { job in
            JobEnd(
                jobID: job.id,
                outcome: .complete,
                reason: nil,
                tests: TestCounts(pass: 3, fail: 0, skip: 0, unknown: 0)
            )
        }
        _ = try await fleet.store.finishJobs(ends)
    }

    /// Waits until a file has a line that says this.
    private func read(_ file: URL, until text: String) async throws {
        try await eventually("\(text) to be said") { try String(contentsOf: file, encoding: .utf8).contains(text) }
    }

    @Test("A jobset is submitted, waited for and told by its exit status; the same one again is the same")
    func submitAndWait() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withGateway { gateway, token in
                    let first = try await served(gateway.url, token: token, ["submit", "-"], input: Self.document).run()
                    #expect(first.status == 0, "\(first.errors)")
                    let page = "\(gateway.url)/jobsets/\(first.output.trimmingCharacters(in: .newlines))"
                    #expect(first.errors == "accepted: 1 job\npage: \(page)\n")
                    let direct = try await fleet.muster("submit", "-", input: Self.document)
                    #expect(direct.output == first.output)
                    let id = first.output.trimmingCharacters(in: .newlines)
                    let again = try await served(
                        gateway.url,
                        token: token,
                        ["submit", "-", "--wait"],
                        input: Self.document
                    ).run { _, errors in
                        try await read(errors, until: "0 of 1 job ended")
                        try await end(id, in: fleet)
                    }
                    #expect(again.status == 0, "\(again.errors)")
                    #expect(again.output == first.output)
                    #expect(again.errors.hasSuffix("passed: 1 job (1 complete), 3 tests (3 passed)\n"))
                }
            }
        }
    }

    @Test("The trace of whoever starts it is kept with the jobset, in both ways, and nonsense is ignored")
    func trace() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withGateway { gateway, token in
                    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                    for (number, variable) in [parent, "nonsense"].enumerated() {
                        let environment = ["TRACEPARENT": variable]
                        let served = try await served(
                            gateway.url,
                            token: token,
                            ["submit", "-"],
                            input: Self.document.replacing("/g/p/1", with: "/g/p/s\(number)"),
                            environment: environment
                        ).run()
                        let direct = try await Program(
                            arguments: ["submit", "-"],
                            environment: fleet.environment.merging(environment) { $1 },
                            input: Self.document.replacing("/g/p/1", with: "/g/p/d\(number)")
                        ).run()
                        for ending in [served, direct] {
                            #expect(ending.status == 0, "\(ending.errors)")
                            let id = try #require(UUID(uuidString: ending.output.trimmingCharacters(in: .newlines)))
                            let stored = try await fleet.store.jobset(id: id)?.traceparent
                            #expect(stored == (number == 0 ? parent : nil))
                            let status = try await fleet.muster("status", id.uuidString, "--output", "json")
                            #expect(status.output.contains(parent) == (number == 0), "\(status.output)")
                        }
                    }
                }
            }
        }
    }

    @Test("A refused document's faults are told in the same words as over the queue")
    func refused() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withGateway { gateway, token in
                    for text in [#"{"jobs": [{"backend": "lab-z"}], "build": 3}"#, "{", "[]", ""] {
                        let direct = try await fleet.muster("submit", "-", input: text)
                        let served = try await served(gateway.url, token: token, ["submit", "-"], input: text).run()
                        #expect(direct.status == 2)
                        #expect(served.status == 2)
                        #expect(served.errors == direct.errors)
                    }
                    let id = "6f1c0000-0000-4000-8000-00000000002a"
                    let addition = #"[{"environment": "e", "backend": "lab-a", "definition": "device_type: sim"}]"#
                    let direct = try await fleet.muster("add", id, "-", input: addition)
                    let served = try await served(gateway.url, token: token, ["add", id, "-"], input: addition).run()
                    #expect(served.errors == direct.errors)
                    #expect(served.status == direct.status)
                }
            }
        }
    }

    @Test("Without ingest it says so with 4, and that the document is safe")
    func noIngest() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway(["MUSTER_GATEWAY_ANSWER_TIMEOUT_SECONDS": "1"]) { gateway, token in
                let ending = try await served(gateway.url, token: token, ["submit", "-"], input: Self.document).run()
                #expect(ending.status == 4)
                #expect(ending.output.isEmpty)
                #expect(ending.errors.contains("ingest has not answered the gateway in time"))
                #expect(ending.errors.contains("submit the same document again"))
            }
        }
    }

    @Test("Killed in the middle of a wait and started again, the gateway is asked on")
    func restartInWait() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let id = try await fleet.accept(jobs: 2)
                let arguments = ["wait", id]
                nonisolated(unsafe) let gateway = gateway
                let ending = try await served(gateway.url, token: token, arguments).run { _, errors in
                    try await read(errors, until: "0 of 2 jobs ended")
                    try await gateway.kill()
                    try await read(errors, until: "the server is unreachable, trying again")
                    try await gateway.start()
                    try await read(errors, until: "the server is back")
                    try await end(id, in: fleet)
                }
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(ending.output == "passed: 2 jobs (2 complete), 6 tests (6 passed)\n")
            }
        }
    }

    @Test("Killed in the middle of a chunked submission, the gateway is sent the rest; no job is in twice")
    func restartInChunks() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withGateway(["MUSTER_GATEWAY_REQUESTS_PER_SECOND": "200"]) { gateway, token in
                    try await fleet.withFile(JobText.lines(2_000)) { path in
                        nonisolated(unsafe) let gateway = gateway
                        let arguments = ["submit", path, "--chunk-jobs", "20"]
                        let ending = try await served(gateway.url, token: token, arguments).run { _, _ in
                            try await fleet.waitForAdditions(5)
                            try await gateway.kill()
                            try await gateway.start()
                        }
                        #expect(ending.status == 0, "\(ending.errors)")
                        let id = ending.output.trimmingCharacters(in: .newlines)
                        #expect(try await fleet.environments(of: id) == (0..<2_000).map { "env-\($0)" })
                        let again = try await served(gateway.url, token: token, arguments).run()
                        #expect(again.output == ending.output)
                        #expect(again.errors.contains("2000 of the jobs were already present"))
                        let direct = try await Program(arguments: arguments, environment: fleet.environment).run()
                        #expect(direct.output == ending.output)
                    }
                }
            }
        }
    }

    @Test("A file with a fault is refused whole, with the line, before anything is sent")
    func fault() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let text = JobText.lines(50) + JobText.job(50, backend: "lab-z") + "\n"
                let arguments = ["submit", "-", "--chunk-jobs", "10"]
                let ending = try await served(gateway.url, token: token, arguments, input: text).run()
                #expect(ending.status == 2)
                #expect(ending.errors.contains("  /jobs/50/backend: is not a known backend"))
                #expect(ending.errors.contains("(line 52)\nnothing was sent\n"))
            }
        }
    }

    @Test("Told to come later, it comes later")
    func tooMany() async throws {
        try await TestFleet.with { fleet in
            let settings = ["MUSTER_GATEWAY_REQUESTS_PER_SECOND": "2", "MUSTER_GATEWAY_REQUEST_BURST": "1"]
            try await fleet.withGateway(settings) { gateway, token in
                for _ in 0..<5 {
                    let ending = try await served(gateway.url, token: token, ["ls"]).run()
                    #expect(ending.status == 0, "\(ending.errors)")
                }
            }
        }
    }
}
