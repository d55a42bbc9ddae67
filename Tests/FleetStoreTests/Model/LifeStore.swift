// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres

/// The store, told in the model's words.
struct LifeStore: Sendable {
    let store: FleetStore
    var client: PostgresClient { store.client }
    /// As they were after the last step.
    private(set) var rows = LifeRows()
    private var claims: [UUID: ClaimedAttempt] = [:]
    private var deadlinesReached = 0

    init(_ store: FleetStore) {
        self.store = store
    }

    /// Forgets everything.
    static func clear(_ store: FleetStore) async throws {
        try await store.client.execute("delete from jobset")
    }

    mutating func refresh() async throws {
        rows = try await LifeRows.read(from: client)
    }

    mutating func apply(_ step: LifeStep) async throws -> LifeOutcome {
        switch step {
        case .accept(let jobset, let document): try await accept(jobset, document)
        case .add(let jobset, let addition): try await add(addition, to: jobset)
        case .seal(let jobset): try await seal(jobset)
        case .sealForgotten(let jobset): try await sealForgotten(jobset)
        case .claim(let job, let claimant): try await claim(job, by: claimant)
        case .endLease(let job): try await endLease(job)
        case .renew(let attempt, let claimant): try await renew(attempt, by: claimant)
        case .release(let attempt, let claimant, let isDoubtful):
            try await release(attempt, by: claimant, isDoubtful: isDoubtful)
        case .postpone(let attempt, let claimant): try await postpone(attempt, by: claimant)
        case .record(let attempt): try await record(attempt)
        case .recordAnother(let attempt): try await recordAnother(attempt)
        case .look(let attempt, let isShown): try await look(for: attempt, isShown: isShown)
        case .endClaimed(let attempt, let claimant, let outcome):
            try await endClaimed(attempt, by: claimant, outcome)
        case .observe(let labJob, let health): try await observe(labJob, health: health)
        case .fetch(let ends): try await fetch(ends)
        case .finish(let ends): try await finish(ends)
        case .missing(let labJob): try await missing(labJob)
        case .cancelJobset(let jobset): try await cancelJobset(jobset)
        case .cancelJobs(let jobset, let positions): try await cancelJobs(of: jobset, positions)
        case .endUnconfirmed(let jobset): try await endUnconfirmed(jobset)
        case .reachDeadline(let jobset): try await reachDeadline(jobset)
        case .passDeadline(let batch): try await passDeadline(batch: batch)
        case .change(let jobset, let change): try await self.change(jobset, change)
        case .makeReport(let jobset): try await makeReport(jobset)
        case .makeBodies(let jobset): try await makeBodies(jobset)
        case .retry(let jobset, let selection): try await retry(jobset, selection)
        case .finishMissed: LifeOutcome(finished: Self.ends(try await store.finishMissed().finished))
        }
    }

    static func jobset(_ name: Int) -> UUID { number(name, version: 8) }
    static func claimant(_ name: Int) -> UUID { number(name, version: 7) }
    static func addition(_ name: Int) -> UUID { number(name, version: 6) }

    private static func number(_ name: Int, version: UInt8) -> UUID {
        let last = UInt8(truncatingIfNeeded: name)
        return UUID(uuid: (0, 0, 0, 0, 0, 0, version << 4, 0, 0x80, 0, 0, 0, 0, 0, 0, last))
    }

    static func ends(_ finished: [FinishedJobset]) -> [EndName] {
        finished.map { EndName(jobset: Int($0.id.uuid.15), generation: $0.generation) }.sorted()
    }

    static func verdict(_ verdict: Verdict) -> LifeOutcome { .refused(.finished(verdict)) }

    /// The rows don't tell when a deadline came, so it comes in the distant past, one after the other.
    private mutating func reachDeadline(_ name: Int) async throws -> LifeOutcome {
        let changed = try await client.execute(
            """
            update jobset set deadline = '2020-01-01'::timestamptz + make_interval(secs => \(Double(deadlinesReached)))
            where id = \(Self.jobset(name)) and deadline is not null
            """
        )
        deadlinesReached += changed
        return LifeOutcome()
    }

    private mutating func claim(_ name: JobName, by claimant: Int) async throws -> LifeOutcome {
        guard let job = rows.row(of: name) else { return LifeOutcome() }
        switch try await store.claimJob(id: job, terms: Self.terms(claimant)) {
        case .notWaiting: return LifeOutcome(answer: .notWaiting)
        case .parked(let reason):
            guard reason == .held else { throw NeverHappened(what: "no parking but while it is held, found \(reason)") }
            return LifeOutcome(answer: .held)
        case .claimed(let attempt):
            claims[attempt.id] = attempt
            try await refresh()
            guard let attemptName = rows.attempt(attempt.id, of: name) else {
                throw NeverHappened(what: "an attempt's row")
            }
            return LifeOutcome(
                answer: .claimed(
                    attempt: attemptName,
                    isDoubtful: attempt.doubt != nil,
                    isCanceled: attempt.cancellation != nil
                )
            )
        }
    }

    static func terms(_ claimant: Int) -> ClaimTerms {
        ClaimTerms(claimant: Self.claimant(claimant), lease: .seconds(3600), maximumInFlight: 1000)
    }

    /// An attempt as it was claimed last.
    func claimed(_ name: AttemptName) -> ClaimedAttempt? { rows.row(of: name).flatMap { claims[$0] } }
}
