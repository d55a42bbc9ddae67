// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport

/// What ends jobs other than by their labs.
extension LifeStore {
    func finish(_ ends: [JobName: PlainEnd]) async throws -> LifeOutcome {
        let jobs = ends.compactMap { name, end in
            rows.row(of: name).map { row in
                let tests = TestCounts(pass: 0, fail: end.fails, skip: 0, unknown: 0)
                return JobEnd(jobID: row, outcome: end.outcome, reason: nil, tests: tests)
            }
        }
        // What comes twice in one call is one end.
        return LifeOutcome(finished: Self.ends(try await store.finishJobs(jobs + jobs.prefix(1))))
    }

    func cancelJobset(_ name: Int) async throws -> LifeOutcome {
        try await cancel { try await store.cancelJobset(id: Self.jobset(name), reason: nil) }
    }

    func cancelJobs(of name: Int, _ positions: [Int]) async throws -> LifeOutcome {
        try await cancel {
            try await store.cancelJobs(of: Self.jobset(name), positions: Set(positions), reason: "not wanted")
        }
    }

    private func cancel(_ body: () async throws -> Unannounced<Cancellation>) async throws -> LifeOutcome {
        do {
            let step = try await body()
            let done = await step.done
            let answer = LifeAnswer.canceled(endedNow: done.endedNow, inLab: done.inLab, inDoubt: done.inDoubt)
            return LifeOutcome(answer: answer, finished: Self.ends(step.finished))
        } catch let refusal as FleetRefusal {
            return try Self.outcome(refusal)
        }
    }

    func endUnconfirmed(_ name: Int) async throws -> LifeOutcome {
        try await client.execute(
            """
            update job set cancel_requested_at = now() - interval '2 h'
            where jobset_id = \(Self.jobset(name)) and cancel_requested_at is not null and state <> 'finished'
            """
        )
        let finished = try await store.endUnconfirmedCancellations(after: .seconds(3600), batch: 100).finished
        return LifeOutcome(finished: Self.ends(finished))
    }

    func passDeadline(batch: Int) async throws -> LifeOutcome {
        guard let step = try await store.passDeadline(cancels: batch % 2 == 0, batch: batch) else {
            return LifeOutcome()
        }
        let passed = await step.done
        let jobset = Int(passed.jobsetID.uuid.15)
        return LifeOutcome(
            answer: .expired(jobset: jobset, jobs: passed.expired, isPartial: passed.isPartial),
            finished: Self.ends(step.finished)
        )
    }
}
