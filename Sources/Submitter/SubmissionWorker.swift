// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Labs
import Logging
import Tracing

/// Brings jobs into one lab, each exactly once.
///
/// A lab need not have an idempotency key; LAVA has none. So the attempt is written down before anything is sent, its id goes into the lab with
/// the definition, and after any doubt the lab is asked for that id before anything is sent again.
struct SubmissionWorker: Sendable {
    let backend: FleetConfiguration.Backend
    let settings: FleetConfiguration.Submitter
    let doubts: DoubtTerms
    let store: FleetStore
    let publisher: FleetPublisher
    let lab: any Lab
    let logger: Logger
    /// Lets so many through as may have a request to the lab: others are claimed meanwhile, and wait here.
    let turnstile: Turnstile
    private let lease: Duration
    private let claims: Grouping<ClaimRequest, Claim>
    private let records: Grouping<Submission, [Int]>

    /// By how much the lab's clock may differ from ours when jobs are looked for by time.
    static let clockDifference: Duration = .seconds(3600)
    /// What a request may take beside its own limit before the claim on its job ends.
    static let leaseMargin: Duration = .seconds(5)

    init(
        backend: FleetConfiguration.Backend,
        settings: FleetConfiguration.Submitter,
        doubts: DoubtTerms,
        store: FleetStore,
        publisher: FleetPublisher,
        lab: any Lab,
        logger: Logger
    ) {
        self.backend = backend
        self.settings = settings
        self.doubts = doubts
        self.store = store
        self.publisher = publisher
        self.lab = lab
        self.logger = logger
        turnstile = Turnstile(maximum: backend.concurrency)
        let lease = max(settings.attemptLease, backend.requestTimeout + Self.leaseMargin)
        self.lease = lease
        let inHand = settings.jobsInHand(of: backend)
        let pause = GroupPause(settings.groupInterval)
        claims = Grouping(maximum: inHand, pause: pause, mayConcernOne: FleetStore.mayConcernOne) { requests in
            FleetMetric.groupItems.record(requests.count, [.what: "claim"])
            let maximum = backend.maximumInFlight
            let claims = try await store.claimJobs(requests, lease: lease, maximumInFlight: maximum)
            faultPoint("submitter.group-claimed")
            return claims
        }
        records = Grouping(maximum: inHand, pause: pause, mayConcernOne: FleetStore.mayConcernOne) { submissions in
            FleetMetric.groupItems.record(submissions.count, [.what: "submission"])
            let surplus = try await store.recordSubmissions(submissions, terms: doubts)
            faultPoint("submitter.group-recorded")
            return surplus
        }
    }

    func handle(_ message: JobMessage) async throws -> Disposition {
        let terms = ClaimTerms(claimant: UUID(), lease: lease, maximumInFlight: backend.maximumInFlight)
        let claimedAt = ContinuousClock.now
        let request = ClaimRequest(job: message.job, claimant: terms.claimant)
        guard case .claimed(let attempt) = try await claims.outcome(of: request) else { return .done }
        return try await withStep("submit job", below: attempt.traceParent, kind: .client) { span in
            span.note(.jobset, attempt.jobsetID.text)
            span.note(.job, attempt.jobID)
            span.note(.attempt, attempt.id.text)
            span.note(.backend, backend.name)
            return try await submit(attempt, claimedAt: claimedAt, terms: terms, span)
        }
    }

    /// Brings a claimed job into the lab.
    private func submit(
        _ attempt: ClaimedAttempt,
        claimedAt: ContinuousClock.Instant,
        terms: ClaimTerms,
        _ span: any Span
    ) async throws -> Disposition {
        faultPoint("submitter.claimed")
        guard try await waitForTurn(of: attempt, terms: terms) else {
            try await store.returnAttempt(attempt, claimant: terms.claimant)
            if attempt.isProbe { try await store.returnProbe(backend: backend.name) }
            return .done
        }
        guard let answer = try await send(attempt, claimedAt: claimedAt, terms: terms) else { return .done }
        switch answer {
        case .success(let made):
            faultPoint("submitter.submitted")
            let submission = Submission(attempt: attempt.id, groups: made.map(SubmittedGroup.init))
            try await follow(attempt, surplus: try await records.outcome(of: submission))
            count("submitted")
        case .failure(let error):
            span.fail("\(error)")
            try await settle(attempt, after: error, terms: terms)
        }
        return .done
    }

    /// Sends an attempt whose turn it is, after a doubt when the lab was asked for it. The turn is over then.
    ///
    /// - Returns: the lab's answer; `nil` if nothing was sent, and what follows from that is done.
    private func send(
        _ attempt: ClaimedAttempt,
        claimedAt: ContinuousClock.Instant,
        terms: ClaimTerms
    ) async throws -> Result<[LabSubmission], LabError>? {
        defer { turnstile.leave() }
        if let doubt = attempt.doubt {
            guard try await clearDoubt(of: attempt, doubt: doubt, terms: terms) else { return nil }
        } else if ContinuousClock.now - claimedAt + backend.requestTimeout > lease {
            // Held up for so long that the claim might end while the request is on its way.
            guard try await store.renewClaim(attempt.id, terms: terms) else { return nil }
        }
        if let end = try await endWithoutLab(of: attempt) {
            try await finish(attempt, end.outcome, end.reason, terms: terms)
            if attempt.isProbe { try await store.returnProbe(backend: backend.name) }
            return nil
        }
        let definition = try await store.definition(of: attempt)
        faultPoint("submitter.before-submit")
        do throws(LabError) {
            return .success(try await lab.submit(LabRequest(definition: definition, tag: attempt.id)))
        } catch {
            return .failure(error)
        }
    }

    /// Waits until the lab has been sent what was claimed before. The claim is kept meanwhile.
    ///
    /// - Returns: `false` when this submitter is to stop.
    private func waitForTurn(of attempt: ClaimedAttempt, terms: ClaimTerms) async throws -> Bool {
        if turnstile.enterNow() { return true }
        // A claim that could not be kept is noticed when it is renewed.
        return try await turnstile.enter(every: lease / 3) {
            try? await store.keepClaim(attempt.id, terms: terms)
        }
    }

    /// Why an attempt that the lab does not have is not to be sent any more, if so.
    private func endWithoutLab(of attempt: ClaimedAttempt) async throws -> (outcome: JobOutcome, reason: String)? {
        if let cancellation = attempt.cancellation {
            return (.canceled, cancellation.reason.map { "canceled: \($0)" } ?? "canceled")
        }
        let last = attempt.lastError.map { "; last: \($0)" } ?? ""
        if attempt.age >= settings.undeliverableAfter {
            let limit = settings.undeliverableAfter.components.seconds
            return (.undeliverable, "not submitted within \(limit) s, in \(attempt.tries) tries\(last)")
        }
        guard let why = await fault(of: attempt) else { return nil }
        return (.undeliverable, "the lab failed on it \(attempt.serverErrors) times \(why)\(last)")
    }

    /// What shows that it is a job's own fault that its lab fails on it, if anything does.
    ///
    /// LAVA answers a definition with an unknown tag with a failure of its own, for ever. It shows in that the lab takes
    /// others. Where there are no others to take, it shows in time; in less of it if the lab took one just before and
    /// is well otherwise.
    private func fault(of attempt: ClaimedAttempt) async -> String? {
        guard attempt.serverErrors >= settings.serverErrorTries, let age = attempt.serverErrorsAge else { return nil }
        let seconds = age.components.seconds
        if let took = attempt.labTookOther {
            if took > .zero { return "while it took others" }
            if age >= settings.serverErrorAfter / 12, (try? await lab.knowsUs()) == true {
                return "within \(seconds) s, having taken another just before and answering otherwise"
            }
        }
        return age >= settings.serverErrorAfter ? "within \(seconds) s" : nil
    }

    /// Stores what was found in the lab.
    ///
    /// - Returns: `false`, and nothing is stored, when that is another attempt's.
    func recordFound(_ groups: [SubmittedGroup], moreAfter: Int?, for attempt: ClaimedAttempt) async throws -> Bool {
        let surplus = try await store.recordSubmission(
            attempt: attempt.id,
            groups: groups,
            isAdopted: true,
            moreAfter: moreAfter,
            terms: doubts
        )
        try await follow(attempt, surplus: surplus ?? [])
        return surplus != nil
    }

    /// What follows from a record.
    private func follow(_ attempt: ClaimedAttempt, surplus: [Int]) async throws {
        faultPoint("submitter.recorded")
        if attempt.isLabFailing { try await closeCircuit() }
        if !surplus.isEmpty {
            SurplusCounter.count(surplus, of: attempt.id, backend: backend.name, logger: logger)
        }
    }

    /// What follows from a submission that failed: a lab's refusal is final, everything else passes.
    private func settle(_ attempt: ClaimedAttempt, after error: LabError, terms: ClaimTerms) async throws {
        count("failed")
        if case .refused(let message) = error.kind {
            try await finish(attempt, .rejected, message, terms: terms)
            // A lab that refuses a definition works.
            if attempt.isLabFailing { try await closeCircuit() }
            return
        }
        let pause = try await pause(attempt, after: error)
        try await store.releaseAttempt(
            attempt,
            claimant: terms.claimant,
            error: "\(error)",
            isDoubtful: error.isInDoubt,
            isServerError: error.kind == .failed,
            resumeAfter: pause
        )
    }

    /// Writes down that the lab failed, and says when this attempt is to be looked at again.
    func pause(_ attempt: ClaimedAttempt, after error: LabError) async throws -> Duration {
        if error.kind == .unauthorized {
            try await store.stopBackend(backend.name, reason: "\(error)")
            logger.error("submissions stopped", [.backend: "\(backend.name)", .reason: "\(error)"])
            return settings.retryFirst
        }
        if error.isOurs {
            if attempt.isProbe { try await store.returnProbe(backend: backend.name) }
            return settings.retryFirst
        }
        logger.warning("the lab failed", [.backend: "\(backend.name)", .error: "\(error)"])
        var wanted: Duration?
        if case .throttled(let retryAfter) = error.kind {
            wanted = min(retryAfter ?? settings.probeFirst, settings.retryMaximum)
        }
        try await store.noteFailure(backend: backend.name, error: "\(error)", terms: circuit, wanted: wanted)
        // How often a lab that fails is tried is its circuit's to say. A job that it fails on while it takes others is
        // put off for longer and longer.
        let maximum = error.kind == .failed ? settings.retryMaximum : settings.probeMaximum
        let backoff = Backoff(first: settings.retryFirst, maximum: max(maximum, settings.retryFirst))
        return max(wanted ?? .zero, backoff.pause(afterAttempt: max(1, attempt.serverErrors)))
    }

    private func closeCircuit() async throws {
        try await store.closeCircuit(backend: backend.name, serverErrorTries: settings.serverErrorTries)
    }

    private var circuit: CircuitTerms {
        CircuitTerms(failures: settings.circuitFailures, first: settings.probeFirst, maximum: settings.probeMaximum)
    }

    /// Ends a job that the lab does not have, if it is still this submitter's to say.
    private func finish(
        _ attempt: ClaimedAttempt,
        _ outcome: JobOutcome,
        _ reason: String,
        terms: ClaimTerms
    ) async throws {
        let ended = try await store.endClaimed(
            attempt,
            claimant: terms.claimant,
            outcome: outcome,
            reason: reason
        )
        guard let ended else {
            logger.notice("not ended: its claim is another's", [.job: "\(attempt.jobID)"])
            return
        }
        faultPoint("submitter.finished")
        try await publisher.announce(ended)
        logger.info(
            "job ended without a lab",
            [.job: "\(attempt.jobID)", .outcome: "\(outcome.rawValue)", .reason: "\(reason)"]
        )
    }

    func count(_ outcome: String) {
        FleetMetric.submissions.increment([.backend: backend.name, .outcome: outcome])
    }
}
