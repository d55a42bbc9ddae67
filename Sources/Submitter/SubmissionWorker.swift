// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import LAVA
import Logging
import Metrics

/// Brings jobs into one lab, each exactly once.
///
/// LAVA has no idempotency key. So the attempt is written down before anything is sent, its id goes into the lab with
/// the definition, and after any doubt the lab is asked for that id before anything is sent again.
struct SubmissionWorker: Sendable {
    let backend: FleetConfiguration.Backend
    let settings: FleetConfiguration.Submitter
    let store: FleetStore
    let publisher: FleetPublisher
    let lab: LAVAClient
    let logger: Logger

    /// By how much the lab's clock may differ from ours when jobs are looked for by time.
    static let clockDifference: Duration = .seconds(3600)
    /// What a request may take beside its own limit before the claim on its job ends.
    static let leaseMargin: Duration = .seconds(5)

    private var backoff: Backoff { Backoff(first: settings.retryFirst, maximum: settings.retryMaximum) }

    func handle(_ message: JobMessage) async throws -> Disposition {
        let terms = ClaimTerms(
            claimant: UUID(),
            lease: max(settings.attemptLease, backend.requestTimeout + Self.leaseMargin),
            maximumInFlight: backend.maximumInFlight,
            stoppedPause: settings.retryMaximum
        )
        let claimedAt = ContinuousClock.now
        guard case .claimed(let attempt) = try await store.claimJob(id: message.job, terms: terms) else {
            return .done
        }
        faultPoint("submitter.claimed")
        if let doubt = attempt.doubt {
            guard try await clearDoubt(of: attempt, doubt: doubt, terms: terms) else { return .done }
        } else if ContinuousClock.now - claimedAt + backend.requestTimeout > terms.lease {
            // Held up for so long that the claim might end while the request is on its way.
            guard try await store.renewClaim(attempt.id, terms: terms) else { return .done }
        }
        guard attempt.age < settings.undeliverableAfter else {
            let last = attempt.lastError.map { "; last: \($0)" } ?? ""
            let limit = settings.undeliverableAfter.components.seconds
            try await end(attempt, .undeliverable, "not submitted within \(limit) s, in \(attempt.tries) tries\(last)")
            return .done
        }
        try await submit(attempt, terms: terms)
        return .done
    }

    /// Looks in the lab for what an earlier request may have made of an attempt.
    ///
    /// - Returns: whether the attempt may be sent: it is not in the lab, and what was sent can no longer arrive.
    private func clearDoubt(of attempt: ClaimedAttempt, doubt: Duration, terms: ClaimTerms) async throws -> Bool {
        let found: [LAVAJob]
        do {
            let since = attempt.createdAt.addingTimeInterval(-Self.clockDifference.timeInterval)
            found = try await lab.findJobs(tag: attempt.id, since: since)
        } catch {
            await note(error)
            if case .unauthorized = error.kind { try await stop(after: error) }
            try await store.postponeAttempt(
                attempt,
                claimant: terms.claimant,
                error: "\(error)",
                resumeAfter: backoff.pause(afterAttempt: attempt.tries)
            )
            return false
        }
        if !found.isEmpty {
            try await record(attempt, Self.labJobs(of: found), isAdopted: true)
            count("adopted")
            logger.info("adopted from the lab", metadata: ["attempt": "\(attempt.id)", "jobs": "\(found.map(\.id))"])
            return false
        }
        let rest = settings.doubtSettle - doubt
        if rest > .zero {
            try await store.postponeAttempt(attempt, claimant: terms.claimant, resumeAfter: rest)
            return false
        }
        return try await store.renewClaim(attempt.id, terms: terms)
    }

    /// What was found, and with it the members of its group whose own text LAVA has lost.
    private static func labJobs(of found: [LAVAJob]) -> [SubmittedLabJob] {
        let names = Dictionary(found.map { ($0.id, $0.subID) }, uniquingKeysWith: { first, _ in first })
        let numbers = Set(names.keys).union(found.flatMap { $0.group?.memberIDs ?? [] })
        return numbers.sorted().map { SubmittedLabJob(number: $0, subID: names[$0] ?? nil) }
    }

    private func submit(_ attempt: ClaimedAttempt, terms: ClaimTerms) async throws {
        faultPoint("submitter.before-submit")
        let ids: [LAVALabJobID]
        do {
            ids = try await lab.submit(definition: attempt.definition, tag: attempt.id)
        } catch {
            return try await settle(attempt, after: error, terms: terms)
        }
        faultPoint("submitter.submitted")
        let numbers: [Int]
        do {
            numbers = try await lab.resolve(ids)
        } catch {
            // The group is in the lab, whatever this says: it is adopted by its tag.
            let doubtful = LAVAError(
                kind: .unexpected(reason: "submitted as \(ids.map(\.text)), then: \(error)"),
                requestMayHaveBeenProcessed: true
            )
            return try await settle(attempt, after: doubtful, terms: terms)
        }
        let names = ids.count == numbers.count ? ids.map { $0.isMultinode ? $0.text : nil } : []
        try await record(
            attempt,
            numbers.enumerated().map { index, number in
                SubmittedLabJob(number: number, subID: names.indices.contains(index) ? names[index] : nil)
            }
        )
        count("submitted")
    }

    private func record(_ attempt: ClaimedAttempt, _ labJobs: [SubmittedLabJob], isAdopted: Bool = false) async throws {
        try await store.recordSubmission(attempt: attempt.id, labJobs: labJobs, isAdopted: isAdopted)
        faultPoint("submitter.recorded")
    }

    /// What follows from a submission that failed: LAVA's refusal is final, everything else passes.
    private func settle(_ attempt: ClaimedAttempt, after error: LAVAError, terms: ClaimTerms) async throws {
        count("failed")
        var pause = backoff.pause(afterAttempt: attempt.tries)
        switch error.kind {
        case .refused(let message):
            return try await end(attempt, .rejected, message)
        case .unauthorized:
            try await stop(after: error)
        case .throttled(let wanted?):
            pause = max(pause, min(wanted, settings.retryMaximum))
        default:
            await note(error)
        }
        try await store.releaseAttempt(
            attempt,
            claimant: terms.claimant,
            error: "\(error)",
            isDoubtful: error.requestMayHaveBeenProcessed,
            resumeAfter: pause
        )
    }

    private func end(_ attempt: ClaimedAttempt, _ outcome: JobOutcome, _ reason: String) async throws {
        let finished = try await store.finishJobs([JobEnd(jobID: attempt.jobID, outcome: outcome, reason: reason)])
        faultPoint("submitter.finished")
        try await publisher.announce(finished: finished)
        logger.info(
            "job ended without a lab",
            metadata: ["job": "\(attempt.jobID)", "outcome": "\(outcome.rawValue)", "reason": "\(reason)"]
        )
    }

    /// That a lab is in trouble is worth a line; that the line can't be written is not worth failing for.
    private func note(_ error: LAVAError) async {
        logger.warning("the lab failed", metadata: ["backend": "\(backend.name)", "error": "\(error)"])
        do {
            try await store.recordContact(backend: backend.name, error: "\(error)")
        } catch {
            logger.debug("not noted", metadata: ["error": "\(error)"])
        }
    }

    private func stop(after error: LAVAError) async throws {
        try await store.stopBackend(backend.name, reason: "\(error)")
        logger.error("submissions stopped", metadata: ["backend": "\(backend.name)", "reason": "\(error)"])
    }

    private func count(_ outcome: String) {
        Counter(label: "muster_submissions_total", dimensions: [("backend", backend.name), ("outcome", outcome)])
            .increment()
    }
}
