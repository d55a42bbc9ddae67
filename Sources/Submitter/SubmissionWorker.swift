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
        guard case .claimed(let attempt) = try await store.claimJob(id: message.job, terms: terms) else {
            return .done
        }
        faultPoint("submitter.claimed")
        if attempt.doubtfulSince != nil {
            guard try await clearDoubt(of: attempt, terms: terms) else { return .done }
        }
        if Date.now.timeIntervalSince(attempt.createdAt) > settings.undeliverableAfter.timeInterval {
            try await end(attempt, .undeliverable, "not submitted within \(settings.undeliverableAfter)")
            return .done
        }
        try await submit(attempt, terms: terms)
        return .done
    }

    /// Looks in the lab for what an earlier request may have made of an attempt.
    ///
    /// - Returns: whether the attempt may be sent: it is not in the lab, and what was sent can no longer arrive.
    private func clearDoubt(of attempt: ClaimedAttempt, terms: ClaimTerms) async throws -> Bool {
        let found: [LAVAJob]
        do {
            let since = attempt.createdAt.addingTimeInterval(-Self.clockDifference.timeInterval)
            found = try await lab.findJobs(tag: attempt.id, since: since)
        } catch {
            await note(error)
            try await store.postponeAttempt(
                attempt,
                claimant: terms.claimant,
                resumeAfter: backoff.pause(afterAttempt: attempt.tries)
            )
            return false
        }
        if !found.isEmpty {
            try await record(attempt, found.map { SubmittedLabJob(number: $0.id, subID: $0.subID) })
            Counter(label: "muster_submissions_total", dimensions: [("backend", backend.name), ("outcome", "adopted")])
                .increment()
            logger.info("adopted from the lab", metadata: ["attempt": "\(attempt.id)", "jobs": "\(found.map(\.id))"])
            return false
        }
        let waited = attempt.doubtfulSince.map { Date.now.timeIntervalSince($0) } ?? 0
        let rest = settings.doubtSettle.timeInterval - waited
        if rest > 0 {
            try await store.postponeAttempt(attempt, claimant: terms.claimant, resumeAfter: .seconds(rest))
            return false
        }
        return try await store.renewClaim(attempt.id, terms: terms)
    }

    private func submit(_ attempt: ClaimedAttempt, terms: ClaimTerms) async throws {
        do {
            faultPoint("submitter.before-submit")
            let ids = try await lab.submit(definition: attempt.definition, tag: attempt.id)
            faultPoint("submitter.submitted")
            let numbers = try await lab.resolve(ids)
            let names = ids.count == numbers.count ? ids.map { $0.isMultinode ? $0.text : nil } : []
            try await record(
                attempt,
                numbers.enumerated().map { index, number in
                    SubmittedLabJob(number: number, subID: names.indices.contains(index) ? names[index] : nil)
                }
            )
            Counter(
                label: "muster_submissions_total",
                dimensions: [("backend", backend.name), ("outcome", "submitted")]
            )
            .increment()
        } catch let error as LAVAError {
            try await settle(attempt, after: error, terms: terms)
        }
    }

    private func record(_ attempt: ClaimedAttempt, _ labJobs: [SubmittedLabJob]) async throws {
        try await store.recordSubmission(attempt: attempt.id, labJobs: labJobs)
        faultPoint("submitter.recorded")
    }

    /// What follows from a submission that failed: LAVA's refusal is final, everything else passes.
    private func settle(_ attempt: ClaimedAttempt, after error: LAVAError, terms: ClaimTerms) async throws {
        Counter(label: "muster_submissions_total", dimensions: [("backend", backend.name), ("outcome", "failed")])
            .increment()
        var pause = backoff.pause(afterAttempt: attempt.tries)
        switch error.kind {
        case .refused(let message):
            return try await end(attempt, .rejected, message)
        case .unauthorized:
            try await store.stopBackend(backend.name, reason: "\(error)")
            logger.error("submissions stopped", metadata: ["backend": "\(backend.name)", "reason": "\(error)"])
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
}
