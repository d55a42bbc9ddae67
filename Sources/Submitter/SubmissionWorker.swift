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

    func handle(_ message: JobMessage) async throws -> Disposition {
        let terms = ClaimTerms(
            claimant: UUID(),
            lease: max(settings.attemptLease, backend.requestTimeout + Self.leaseMargin),
            maximumInFlight: backend.maximumInFlight
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
        if let end = endWithoutLab(of: attempt) {
            try await finish(attempt, end.outcome, end.reason)
            if attempt.isProbe { try await store.returnProbe(backend: backend.name) }
            return .done
        }
        try await submit(attempt, terms: terms)
        return .done
    }

    /// Why an attempt that the lab does not have is not to be sent any more, if so.
    private func endWithoutLab(of attempt: ClaimedAttempt) -> (outcome: JobOutcome, reason: String)? {
        if let cancellation = attempt.cancellation {
            return (.canceled, cancellation.reason.map { "canceled: \($0)" } ?? "canceled")
        }
        let last = attempt.lastError.map { "; last: \($0)" } ?? ""
        if attempt.age >= settings.undeliverableAfter {
            let limit = settings.undeliverableAfter.components.seconds
            return (.undeliverable, "not submitted within \(limit) s, in \(attempt.tries) tries\(last)")
        }
        // LAVA answers a definition with an unknown tag with a failure of its own, for ever. That it is this job's fault
        // shows in that the lab takes others; or, where there are no others, in time.
        guard attempt.serverErrors >= settings.serverErrorTries, let age = attempt.serverErrorsAge else { return nil }
        if attempt.labTakesOthers {
            return (.undeliverable, "the lab failed on it \(attempt.serverErrors) times while it took others\(last)")
        }
        guard age >= settings.serverErrorAfter else { return nil }
        let seconds = age.components.seconds
        return (.undeliverable, "the lab failed on it \(attempt.serverErrors) times within \(seconds) s\(last)")
    }

    /// Looks in the lab for what an earlier request may have made of an attempt.
    ///
    /// - Returns: whether the attempt may be sent: it is not in the lab, and what was sent can no longer arrive.
    private func clearDoubt(of attempt: ClaimedAttempt, doubt: Duration, terms: ClaimTerms) async throws -> Bool {
        if Mutant.isActive(.noTagLookUp) { return try await store.renewClaim(attempt.id, terms: terms) }
        let rest = settings.doubtSettle - doubt
        let found: [LAVAJob]
        do {
            let since = attempt.createdAt.addingTimeInterval(-Self.clockDifference.timeInterval)
            found = try await lab.findJobs(tag: attempt.id, since: since, definition: attempt.definition) { numbers in
                try await store.ownedNumbers(among: numbers, byOthersThan: attempt.id)
            }
        } catch let error as LAVAError {
            let pause = try await pause(attempt, after: error)
            try await store.postponeAttempt(
                attempt,
                claimant: terms.claimant,
                error: "\(error)",
                resumeAfter: pause
            )
            return false
        }
        // LAVA makes the members of a group one after the other: one that was found early may still be growing.
        if !found.isEmpty, found.hasWholeGroups || rest <= .zero {
            try await adopt(found, for: attempt, terms: terms)
            return false
        }
        if rest > .zero {
            if attempt.isProbe { try await store.returnProbe(backend: backend.name) }
            try await store.postponeAttempt(attempt, claimant: terms.claimant, resumeAfter: rest)
            return false
        }
        return try await store.renewClaim(attempt.id, terms: terms)
    }

    private func adopt(_ found: [LAVAJob], for attempt: ClaimedAttempt, terms: ClaimTerms) async throws {
        let labJobs = found.map { SubmittedLabJob(LAVALabJob($0)) }
        guard try await record(attempt, labJobs, isAdopted: true) else {
            try await store.postponeAttempt(attempt, claimant: terms.claimant, resumeAfter: settings.retryFirst)
            return
        }
        count("adopted")
        logger.info("adopted from the lab", metadata: ["attempt": "\(attempt.id)", "jobs": "\(found.map(\.id))"])
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
        let labJobs: [LAVALabJob]
        do {
            labJobs = try await lab.members(of: ids)
        } catch {
            // The group is in the lab, whatever this says: it is adopted by its tag.
            let doubtful = LAVAError(
                kind: .unexpected(reason: "submitted as \(ids.map(\.text)), then: \(error)"),
                requestMayHaveBeenProcessed: true
            )
            return try await settle(attempt, after: doubtful, terms: terms)
        }
        try await record(attempt, labJobs.map(SubmittedLabJob.init))
        count("submitted")
    }

    @discardableResult
    private func record(
        _ attempt: ClaimedAttempt,
        _ labJobs: [SubmittedLabJob],
        isAdopted: Bool = false
    ) async throws -> Bool {
        let isStored = try await store.recordSubmission(attempt: attempt.id, labJobs: labJobs, isAdopted: isAdopted)
        faultPoint("submitter.recorded")
        if attempt.hasFailingOthers { try await store.noteSubmitted(backend: backend.name) }
        if attempt.isLabFailing { try await closeCircuit() }
        return isStored
    }

    /// What follows from a submission that failed: LAVA's refusal is final, everything else passes.
    private func settle(_ attempt: ClaimedAttempt, after error: LAVAError, terms: ClaimTerms) async throws {
        count("failed")
        if case .refused(let message) = error.kind {
            try await finish(attempt, .rejected, message)
            // A lab that refuses a definition works.
            if attempt.isLabFailing { try await closeCircuit() }
            return
        }
        let pause = try await pause(attempt, after: error)
        try await store.releaseAttempt(
            attempt,
            claimant: terms.claimant,
            error: "\(error)",
            isDoubtful: error.requestMayHaveBeenProcessed,
            isServerError: error.isServerFailure,
            resumeAfter: pause
        )
    }

    /// Writes down that the lab failed, and says when this attempt is to be looked at again.
    private func pause(_ attempt: ClaimedAttempt, after error: LAVAError) async throws -> Duration {
        if case .unauthorized = error.kind {
            try await store.stopBackend(backend.name, reason: "\(error)")
            logger.error("submissions stopped", metadata: ["backend": "\(backend.name)", "reason": "\(error)"])
            return settings.retryFirst
        }
        logger.warning("the lab failed", metadata: ["backend": "\(backend.name)", "error": "\(error)"])
        var wanted: Duration?
        if case .throttled(let retryAfter) = error.kind {
            wanted = min(retryAfter ?? settings.probeFirst, settings.retryMaximum)
        }
        try await store.noteFailure(backend: backend.name, error: "\(error)", terms: circuit, wanted: wanted)
        // How often a lab that fails is tried is its circuit's to say. A job that it fails on while it takes others is
        // put off for longer and longer.
        let maximum = error.isServerFailure ? settings.retryMaximum : settings.probeMaximum
        let backoff = Backoff(first: settings.retryFirst, maximum: max(maximum, settings.retryFirst))
        return max(wanted ?? .zero, backoff.pause(afterAttempt: max(1, attempt.serverErrors)))
    }

    private func closeCircuit() async throws {
        try await store.closeCircuit(backend: backend.name, serverErrorTries: settings.serverErrorTries)
    }

    private var circuit: CircuitTerms {
        CircuitTerms(failures: settings.circuitFailures, first: settings.probeFirst, maximum: settings.probeMaximum)
    }

    private func finish(_ attempt: ClaimedAttempt, _ outcome: JobOutcome, _ reason: String) async throws {
        let finished = try await store.finishJobs([JobEnd(jobID: attempt.jobID, outcome: outcome, reason: reason)])
        faultPoint("submitter.finished")
        try await publisher.announce(finished: finished)
        logger.info(
            "job ended without a lab",
            metadata: ["job": "\(attempt.jobID)", "outcome": "\(outcome.rawValue)", "reason": "\(reason)"]
        )
    }

    private func count(_ outcome: String) {
        Counter(label: "muster_submissions_total", dimensions: [("backend", backend.name), ("outcome", outcome)])
            .increment()
    }
}

extension LAVAError {
    /// Whether the lab answered, with a failure of its own.
    fileprivate var isServerFailure: Bool {
        if case .server = kind { return true }
        return false
    }
}

extension SubmittedLabJob {
    fileprivate init(_ labJob: LAVALabJob) {
        self.init(number: labJob.number, subID: labJob.subID, role: labJob.role)
    }
}
