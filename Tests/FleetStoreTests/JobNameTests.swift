// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@Suite("Names of jobs", .timeLimit(.minutes(10)))
struct StoredJobNameTests {
    private static func entry(_ environment: String, _ name: String?, given: String? = nil) -> JobEntry {
        let definition = name.map { "job_name: \($0)\n" } ?? "device_type: x\n"
        return JobEntry(environment: environment, backend: "lab-a", definition: definition, name: given)
    }

    @Test("Each is once in its environment, also among jobs that are added, and those without one are told apart")
    func unique() async throws {
        try await TestStore.with { test in
            let id = UUID()
            let document = JobsetDocument(
                build: try #require(Build("/g/p/1")),
                jobs: [
                    Self.entry("pi", "ltp"), Self.entry("qemu", "ltp"), Self.entry("pi", "ltp"),
                    Self.entry("pi", nil), Self.entry("pi", nil), Self.entry("pi", "boot", given: "smoke"),
                ],
                isOpen: true
            )
            _ = try await test.store.acceptJobset(id: id, document: document)
            for _ in 0..<2 {
                let more = JobsetAddition(
                    jobsetID: id,
                    jobs: [Self.entry("pi", "ltp"), Self.entry("pi", nil), Self.entry("new", nil)]
                )
                _ = try await test.store.addJobs(id: UUID(), addition: more)
            }
            let jobs = try await test.store.jobs(of: id)
            #expect(
                jobs.map(\.title) == [
                    "pi ltp", "qemu ltp", "pi ltp #2", "pi", "pi #2", "pi smoke",
                    "pi ltp #3", "pi #3", "new", "pi ltp #4", "pi #4", "new #2",
                ]
            )
            var filter = JobFilter()
            filter.name = "ltp"
            #expect(try await test.store.jobs(of: id, filter).map(\.position) == [0, 1, 2, 6, 9])
            filter.name = "ltp #3"
            #expect(try await test.store.jobs(of: id, filter).map(\.position) == [6])
        }
    }

    @Test("Results, times and changes carry the job's name")
    func carried() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            _ = try await test.store.finishLabJobs([
                FetchedLabJob(id: row, results: [TestStore.result("a", .fail)])
            ])
            #expect(try await test.store.results(of: id, ResultFilter()).map(\.jobName) == ["job-0"])
            #expect(try await test.store.jobTimes(of: id, limit: 5)?.slowest.map(\.title) == ["env-0 job-0"])
            let page = try await test.store.results(of: id, position: 0, labJob: 7, after: nil, limit: 5)
            #expect(page.results.map(\.jobName) == ["job-0"] && page.results.map(\.name) == ["a"])
        }
    }
}
