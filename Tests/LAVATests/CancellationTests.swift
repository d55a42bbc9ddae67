// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LAVA
@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct CancellationTests {
    private func fill(_ lab: SimulatedLab, _ count: Int) async throws {
        for _ in 0..<count {
            _ = try await lab.client.submit(
                definition: SimulatedLab.definition(runMilliseconds: 600_000),
                tag: UUID()
            )
        }
    }

    @Test(
        "Many jobs are canceled, in one request or in one for each, and the unknown ones are told",
        arguments: [("2023.01", 1, 11), ("2024.05", 1, 2)]
    )
    func many(version: String, batches: Int, single: Int) async throws {
        try await withLab({ $0.version = version }) { lab in
            // The first eight run, the last wait.
            try await fill(lab, 9)
            let unknown = try await lab.client.cancel(Array(1...9) + [77, 78, 77])
            #expect(unknown == [77, 78])
            #expect(lab.requests("POST /api/v0.2/jobs/batch_cancel") == batches)
            #expect(lab.requests("GET /api/v0.2/jobs/N/cancel") == single)
            for id in 1...9 {
                let job = try await eventually("job \(id) has ended") {
                    let job = try await lab.client.job(id)
                    return job.state == .finished ? job : nil
                }
                #expect(job.health == .canceled)
            }
            // Again, with the same answer, and without asking an old lab for a batch again.
            #expect(try await lab.client.cancel(Array(1...9)).isEmpty)
            #expect(lab.requests("POST /api/v0.2/jobs/batch_cancel") == (version == "2023.01" ? 1 : 2))
            #expect(try await lab.client.cancel([] as [Int]).isEmpty)
        }
    }

    @Test("A job that is not ours is said not to be, with batches and without", arguments: ["2023.01", "2024.05"])
    func notOurs(version: String) async throws {
        try await withLab({ $0.version = version }) { lab in
            try await fill(lab, 2)
            let plain = lab.client { $0.token = LAVAToken("p") }
            let error = await #expect(throws: LAVAError.self) { try await plain.cancel([1, 2]) }
            guard case .unauthorized? = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await lab.client.job(1).state == .running)
        }
    }

    @Test("A lab that fails on one is said to fail, and does the others") func failing() async throws {
        try await withLab { lab in
            try await fill(lab, 3)
            var fault = Fault(.status, method: "GET", path: "jobs/2/cancel/")
            fault.status = 502
            _ = lab.simulator.faults.add(fault)
            let error = await #expect(throws: LAVAError.self) { try await lab.client.cancel([1, 2, 3]) }
            guard case .server(502, _)? = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await lab.client.job(2).state == .running)
            try await eventually("the last has ended") {
                try await lab.client.job(3).state == .finished
            }
        }
    }

    @Test("One cancel ends a whole group with a member that is stuck") func group() async throws {
        try await withLab { lab in
            var fault = Fault(.stickMember)
            fault.delayMilliseconds = 600_000
            _ = lab.simulator.faults.add(fault)
            _ = try await lab.client.submit(definition: SimulatedLab.multinode, tag: UUID())
            #expect(try await lab.client.job(2).state == .scheduling)
            #expect(try await lab.client.cancel([2]).isEmpty)
            for id in [1, 2] {
                let job = try await eventually("member \(id) has ended") {
                    let job = try await lab.client.job(id)
                    return job.state == .finished ? job : nil
                }
                #expect(job.health == .canceled)
            }
        }
    }

    @Test("Whoever stops reading results early knows how many there are") func total() async throws {
        try await withLab { lab in
            _ = try await lab.client.submit(definition: SimulatedLab.definition(["cases": "50000"]), tag: UUID())
            var pages = lab.client.results(job: 1, maximum: .max).makeAsyncIterator()
            #expect(pages.totalCount == nil)
            var taken = 0
            while taken < 2_500, let page = try await pages.next() {
                #expect(page.count <= 1_000)
                taken += page.count
            }
            #expect(taken == 3_000 && pages.totalCount == 50_005)
            #expect(lab.requests("GET /api/v0.2/jobs/N/tests") == 3)
        }
    }

    @Test("Fifty thousand results come once each, in order") func fiftyThousand() async throws {
        try await withLab { lab in
            _ = try await lab.client.submit(definition: SimulatedLab.definition(["cases": "50000"]), tag: UUID())
            var (count, last) = (0, "")
            for try await page in lab.client.results(job: 1) {
                count += page.count
                last = page.last?.name ?? ""
            }
            #expect(count == 50_005 && last == "case_50000")
        }
    }

    @Test("A page of results that is too large is asked for with fewer rows") func large() async throws {
        try await withLab { lab in
            _ = try await lab.client.submit(definition: SimulatedLab.definition(["cases": "500"]), tag: UUID())
            var names: [String] = []
            let client = lab.client { $0.maximumResponseBytes = 20_000 }
            for try await page in client.results(job: 1) { names += page.map(\.name) }
            #expect(names.count == 505 && Set(names).count == 505)
        }
    }
}
