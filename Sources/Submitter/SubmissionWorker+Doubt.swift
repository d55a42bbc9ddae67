// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import Labs
import Logging

/// What is done about an attempt of which the lab may have heard.
extension SubmissionWorker {
    /// Looks in the lab for what an earlier request may have made of an attempt.
    ///
    /// - Returns: whether the attempt may be sent: it is not in the lab, and what was sent can no longer arrive.
    func clearDoubt(of attempt: ClaimedAttempt, doubt: Duration, terms: ClaimTerms) async throws -> Bool {
        if Mutant.isActive(.noTagLookUp) { return try await store.renewClaim(attempt.id, terms: terms) }
        let rest = doubts.settle - doubt
        let findings: LabFindings
        let definition = try await store.definition(of: attempt)
        do {
            let since = attempt.searchFrom.addingTimeInterval(-Self.clockDifference.timeInterval)
            findings = try await lab.find(
                LabSearch(tag: attempt.id, since: since),
                definition: definition
            ) { ids in
                let numbers = Set(ids.compactMap(\.number))
                return Set(
                    try await store.ownedNumbers(among: numbers, byOthersThan: attempt.id).map { LabJobID($0) }
                )
            }
        } catch let error as LabError {
            let pause = try await pause(attempt, afterLook: error)
            try await store.postponeAttempt(
                attempt,
                claimant: terms.claimant,
                error: "\(error)",
                resumeAfter: pause
            )
            return false
        }
        // A lab makes the members of a group one after the other: one that was found early may still be growing, and
        // a whole one may come.
        let found = findings.submissions
        if let first = found.first, first.isWhole || rest <= .zero {
            try await adopt(found, moreAfter: findings.moreAfter?.number, for: attempt, terms: terms)
            return false
        }
        if rest > .zero {
            if attempt.isProbe { try await store.returnProbe(backend: backend.name) }
            try await store.postponeAttempt(attempt, claimant: terms.claimant, resumeAfter: rest)
            return false
        }
        return try await store.renewClaim(attempt.id, terms: terms)
    }

    /// When an attempt is to be looked for again after a look that failed.
    ///
    /// A lab that answers and knows us, and refuses its list or fails on it, may well take jobs: its list is no reason to
    /// leave it alone. The job waits for the list, at most until it counts as undeliverable.
    private func pause(_ attempt: ClaimedAttempt, afterLook error: LabError) async throws -> Duration {
        guard error.isRefusalToShow || error.kind == .failed, (try? await lab.knowsUs()) == true else {
            return try await pause(attempt, after: error)
        }
        if attempt.isProbe { try await store.returnProbe(backend: backend.name) }
        logger.warning(
            "the lab does not show whether it has a job",
            [.backend: "\(backend.name)", .attempt: "\(attempt.id)", .error: "\(error)"]
        )
        return Backoff(first: settings.retryFirst, maximum: settings.retryMaximum)
            .pause(afterAttempt: max(1, attempt.tries))
    }

    /// The first that was found is the attempt's; others are surplus, if they are of the same hand.
    private func adopt(
        _ found: [LabSubmission],
        moreAfter: Int?,
        for attempt: ClaimedAttempt,
        terms: ClaimTerms
    ) async throws {
        let groups = found.filter { $0.submitter == found.first?.submitter }.map(SubmittedGroup.init)
        guard try await recordFound(groups, moreAfter: moreAfter, for: attempt) else {
            try await store.postponeAttempt(attempt, claimant: terms.claimant, resumeAfter: settings.retryFirst)
            return
        }
        count("adopted")
        let numbers = groups.first?.labJobs.map(\.number) ?? []
        logger.info("adopted from the lab", [.attempt: "\(attempt.id)", .jobs: "\(numbers)"])
    }
}
