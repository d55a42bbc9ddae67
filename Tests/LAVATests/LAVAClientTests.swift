// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LAVA
@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct LAVAClientTests {
    @Test("The lab says who we are and what it is") func system() async throws {
        try await withLab { lab in
            let user = try await lab.client.whoami()
            #expect(user == "admin")
            #expect(try await lab.client { $0.token = nil }.whoami() == "")
            #expect(try await lab.client.version() == "2023.01")
        }
    }

    @Test(
        "A definition of any form is accepted with its tag, and found again by it",
        arguments: ["", "\u{FEFF}", "---\n", "%YAML 1.1\n---\n", "# a comment of its own\n"],
        [false, true]
    )
    func submission(ahead: String, hasCRLF: Bool) async throws {
        try await withLab { lab in
            let since = Date(timeIntervalSinceNow: -60)
            let plain = ahead + SimulatedLab.definition()
            let definition = hasCRLF ? plain.replacing("\n", with: "\r\n") : plain
            let tag = UUID()
            let ids = try await lab.client.submit(definition: definition, tag: tag)
            #expect(ids.map(\.text) == ["1"])
            #expect(try await lab.client.findJobs(tag: tag, since: since).jobs.map(\.id) == [1])
            #expect(try await lab.client.findJobs(tag: UUID(), since: since).jobs.isEmpty)
            #expect(try await lab.client.findJobs(tag: tag, since: Date(timeIntervalSinceNow: 60)).jobs.isEmpty)
        }
    }

    @Test("A job is shown with its state, its health, its times and its tag") func job() async throws {
        try await withLab { lab in
            let tag = UUID()
            let ids = try await lab.client.submit(definition: SimulatedLab.definition(), tag: tag)
            #expect(ids.map(\.number) == [1])
            let job = try await lab.client.job(1)
            #expect(job.state == .finished && job.health == .complete && job.tag == tag)
            #expect(job.description == "simulated" && job.submitter == "admin" && job.actualDevice == "sim-01")
            let submit = try #require(job.submitTime)
            let start = try #require(job.startTime)
            let end = try #require(job.endTime)
            #expect(submit < start && start < end)
            #expect(job.group == nil && job.subID == nil && job.role == nil)
        }
    }

    @Test("A multinode group is found with all its members") func multinode() async throws {
        try await withLab { lab in
            let tag = UUID()
            let ids = try await lab.client.submit(definition: SimulatedLab.multinode, tag: tag)
            #expect(ids.map(\.text) == ["1.0", "1.1"])
            let members = try await lab.client.members(ofGroup: 1)
            #expect(
                members == [
                    LAVALabJob(number: 1, subID: "1.0", role: "server"),
                    LAVALabJob(number: 2, subID: "1.1", role: "client"),
                ]
            )
            let found = try await lab.client.findJobs(tag: tag, since: Date(timeIntervalSinceNow: -60)).jobs
            #expect(found.map(\.id) == [1, 2])
            #expect(found.map(\.subID) == ["1.0", "1.1"])
            #expect(found.map(\.role) == ["server", "client"] && found.map(LAVALabJob.init) == members)
            #expect(found.allSatisfy { $0.group?.memberIDs == [1, 2] && $0.group?.size == 2 && $0.tag == tag })
            #expect(Set(found.map(\.group?.targetGroup)).count == 1)
        }
    }

    @Test("Many jobs are asked for in few requests, and unknown ones are missing") func jobs() async throws {
        try await withLab { lab in
            for _ in 0..<30 { _ = try await lab.client.submit(definition: SimulatedLab.definition(), tag: UUID()) }
            let jobs = try await lab.client.jobs(ids: Array(1...450) + [7]).jobs
            #expect(jobs.map(\.id) == Array(1...30))
            #expect(lab.requests("GET /api/v0.2/jobs") == 3)
            #expect(try await lab.client.jobs(ids: []) == LAVALookup())
        }
    }

    @Test("What finished since a moment comes once, in order, over all pages") func finished() async throws {
        try await withLab { lab in
            for _ in 0..<25 { _ = try await lab.client.submit(definition: SimulatedLab.definition(), tag: UUID()) }
            _ = try await lab.client.submit(definition: SimulatedLab.definition(runMilliseconds: 600_000), tag: UUID())
            let fifth = try #require(try await lab.client.job(5).endTime)
            var seen: [Int] = []
            var offset = 0
            while true {
                let page = try await lab.client.finishedJobs(endedAfter: fifth, limit: 7, offset: offset)
                #expect(page.totalCount == 20 && page.strayCount == 0)
                seen += page.jobs.map(\.id)
                offset += page.rowCount
                guard page.hasMore else { break }
            }
            #expect(seen == Array(6...25))
        }
    }

    @Test("Results come page by page, with suites, measurements and LAVA's own steps") func results() async throws {
        try await withLab { lab in
            let definition = SimulatedLab.definition(["pass": "3", "fail": "1", "skip": "2", "suite": "smoke"])
            _ = try await lab.client.submit(definition: definition, tag: UUID())
            var pages = 0
            var results: [LAVAResult] = []
            for try await page in lab.client.results(job: 1, pageSize: 4) {
                pages += 1
                results += page
            }
            #expect(pages == 3 && results.count == 11)
            let smoke = results.filter { $0.suite == "smoke" }
            #expect(smoke.map(\.result) == [.fail, .pass, .pass, .pass, .skip, .skip])
            #expect(smoke.first?.measurement == "1.0000000000" && smoke.first?.unit == "ms")
            #expect(Set(results.map(\.suiteNumber)).count == 2)
            #expect(results.contains { $0.suite == "lava" && $0.name == "job" && $0.errorType == nil })
            #expect(lab.requests("GET /api/v0.2/jobs/N/suites") == 0)
            var all = 0
            for try await page in lab.client.results(job: 1) { all += page.count }
            #expect(all == 11 && lab.requests("GET /api/v0.2/jobs/N/tests") == 4)
        }
    }

    @Test("More results than the limit are an error, not a part of them") func resultsLimit() async throws {
        try await withLab { lab in
            _ = try await lab.client.submit(definition: SimulatedLab.definition(["pass": "50"]), tag: UUID())
            await #expect(throws: LAVAError.self) {
                for try await _ in lab.client.results(job: 1, pageSize: 10, maximum: 20) {}
            }
            var unknown = 0
            for try await _ in lab.client.results(job: 99) { unknown += 1 }
            #expect(unknown == 0)
        }
    }

    @Test("The reason of a failure is LAVA's, and its results are kept") func failure() async throws {
        try await withLab { lab in
            let definition = SimulatedLab.definition([
                "health": "incomplete", "error_type": "Infrastructure", "error_msg": "'bootloader: it''s [gone'",
            ])
            _ = try await lab.client.submit(definition: definition, tag: UUID())
            #expect(try await lab.client.job(1).health == .incomplete)
            let reason = try #require(try await lab.client.jobCase(job: 1))
            #expect(reason.result == .fail && reason.errorType == "Infrastructure")
            #expect(reason.errorMessage == "bootloader: it's [gone")
            var count = 0
            for try await page in lab.client.results(job: 1) { count += page.count }
            #expect(count == 9)
        }
    }

    @Test("A running job is canceled, once or twice; an unknown one is not found") func cancel() async throws {
        try await withLab { lab in
            _ = try await lab.client.submit(definition: SimulatedLab.definition(runMilliseconds: 600_000), tag: UUID())
            #expect(try await lab.client.job(1).state == .running)
            try await lab.client.cancel(1)
            let job = try await eventually("the job has ended") {
                let job = try await lab.client.job(1)
                return job.state == .finished ? job : nil
            }
            #expect(job.health == .canceled)
            try await lab.client.cancel(1)
            #expect(try await lab.client.jobCase(job: 1) == nil)
            await #expect(throws: LAVAError(kind: .notFound, requestMayHaveBeenProcessed: false)) {
                try await lab.client.cancel(99)
            }
        }
    }

    @Test("A job waits for a device, and gets the one that becomes free") func queue() async throws {
        try await withLab({ $0.devices = ["sim": 2] }) { lab in
            for _ in 0..<3 {
                let definition = SimulatedLab.definition(runMilliseconds: 600_000)
                _ = try await lab.client.submit(definition: definition, tag: UUID())
            }
            let waiting = try await lab.client.job(3)
            #expect(waiting.state == .submitted && waiting.actualDevice == nil && waiting.startTime == nil)
            try await lab.client.cancel(1)
            let running = try await eventually("the third job runs") {
                let job = try await lab.client.job(3)
                return job.state == .running ? job : nil
            }
            #expect(running.actualDevice == "sim-01")
        }
    }
}
