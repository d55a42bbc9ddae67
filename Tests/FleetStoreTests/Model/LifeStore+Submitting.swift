// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres

/// A job's way into its lab, and what labs tell.
extension LifeStore {
    func endLease(_ name: JobName) async throws -> LifeOutcome {
        guard let job = rows.row(of: name) else { return LifeOutcome() }
        try await client.execute(
            """
            update attempt set claimed_until = now() - interval '1 s'
            where job_id = \(job) and state = 'submitting' and claimed_until is not null
            """
        )
        return LifeOutcome()
    }

    func renew(_ name: AttemptName, by claimant: Int) async throws -> LifeOutcome {
        guard let attempt = rows.row(of: name) else { return LifeOutcome() }
        return LifeOutcome(answer: .own(try await store.renewClaim(attempt, terms: Self.terms(claimant))))
    }

    func release(_ name: AttemptName, by claimant: Int, isDoubtful: Bool) async throws -> LifeOutcome {
        guard let attempt = claimed(name) else { return LifeOutcome() }
        let isOwn = try await store.releaseAttempt(
            attempt,
            claimant: Self.claimant(claimant),
            error: "no answer",
            isDoubtful: isDoubtful,
            resumeAfter: .seconds(1)
        )
        return LifeOutcome(answer: .own(isOwn))
    }

    func postpone(_ name: AttemptName, by claimant: Int) async throws -> LifeOutcome {
        guard let attempt = claimed(name) else { return LifeOutcome() }
        try await store.postponeAttempt(attempt, claimant: Self.claimant(claimant), resumeAfter: .seconds(1))
        return LifeOutcome()
    }

    func record(_ name: AttemptName) async throws -> LifeOutcome {
        guard let attempt = rows.row(of: name) else { return LifeOutcome() }
        try await store.recordSubmission(attempt: attempt, labJobs: Self.labJobs(of: name))
        return LifeOutcome()
    }

    func recordAnother(_ name: AttemptName) async throws -> LifeOutcome {
        guard let attempt = rows.row(of: name), rows.row(of: LabJobName(attempt: name, member: 0)) != nil else {
            return LifeOutcome()
        }
        try await store.recordSubmission(attempt: attempt, labJobs: Self.labJobs(of: name, number: 5))
        return LifeOutcome()
    }

    func look(for name: AttemptName, isShown: Bool) async throws -> LifeOutcome {
        guard let attempt = rows.row(of: name) else { return LifeOutcome() }
        try await client.execute("update attempt set look_due_at = now() where look_due_at is not null")
        let backend = Self.backend(ofJobset: name.job.jobset)
        let due = try await store.takeDoubtful(backend: backend, limit: 1000, terms: .usual)
        guard let look = due.attempts.first(where: { $0.id == attempt }) else { return LifeOutcome() }
        let groups = isShown ? [SubmittedGroup(Self.labJobs(of: name))] : []
        _ = try await store.recordLook(for: look, groups: groups, terms: .usual)
        return LifeOutcome()
    }

    func endClaimed(_ name: AttemptName, by claimant: Int, _ outcome: JobOutcome) async throws -> LifeOutcome {
        guard let attempt = claimed(name) else { return LifeOutcome() }
        let ended = try await store.endClaimed(
            attempt,
            claimant: Self.claimant(claimant),
            outcome: outcome,
            reason: "not wanted"
        )
        return LifeOutcome(answer: .own(ended != nil), finished: Self.ends(ended?.finished ?? []))
    }

    /// What a request makes of an attempt; `number` is that of the first member within it.
    private static func labJobs(of name: AttemptName, number: Int = 1) -> [SubmittedLabJob] {
        let first = LabJobName(attempt: name, member: number - 1).number
        return (0..<name.members).map { member in
            SubmittedLabJob(number: first + member, subID: name.members > 1 ? "\(first).\(member)" : nil)
        }
    }

    func observe(_ name: LabJobName, health: String) async throws -> LifeOutcome {
        guard let attempt = rows.row(of: name.attempt), rows.row(of: name) != nil else { return LifeOutcome() }
        let seen = TestStore.seen(name.number, tag: attempt, health: health)
        let backend = Self.backend(ofJobset: name.attempt.job.jobset)
        let new = try await store.observeFinished([seen], backend: backend)
        return LifeOutcome(answer: .observed(!new.isEmpty))
    }

    func fetch(_ ends: [LabJobName: LabJobEnd]) async throws -> LifeOutcome {
        let fetched = ends.compactMap { name, end in
            rows.row(of: name).map { row in
                FetchedLabJob(
                    id: row,
                    unfetchable: end.isUnfetchable ? "no results" : nil,
                    isInfrastructure: end.isInfrastructure,
                    results: end.results
                )
            }
        }
        return LifeOutcome(finished: Self.ends(try await store.finishLabJobs(fetched).finished))
    }

    func missing(_ name: LabJobName) async throws -> LifeOutcome {
        guard let row = rows.row(of: name) else { return LifeOutcome() }
        let finished = try await store.recordMissing([row], present: [], grace: .zero).finished
        return LifeOutcome(finished: Self.ends(finished))
    }

    static func backend(ofJobset name: Int) -> String { name % 2 == 0 ? "lab-a" : "lab-b" }
}

extension LabJobEnd {
    /// Those of LAVA's own suite don't count.
    fileprivate var results: [ResultRow] {
        (0..<passes).map { TestStore.result("pass-\($0)", .pass) }
            + (0..<fails).map { TestStore.result("fail-\($0)", .fail) }
            + [TestStore.result("job", .fail, suite: "lava"), TestStore.result("job", .pass, suite: "lava")]
    }
}
