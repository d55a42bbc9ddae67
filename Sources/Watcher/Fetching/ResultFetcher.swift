// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Labs
import Logging
import Postgres
import ServiceLifecycle
import Tracing

/// Fetches the results of a finished lab job, once, and hands them to the flusher.
///
/// It also confirms what only an event has said: the results themselves do so in nearly every case, and otherwise the lab
/// is asked for the job.
struct ResultFetcher: Sendable {
    let store: FleetStore
    let flusher: CompletionFlusher
    let labs: [String: any Lab]
    let maximumResults: Int
    let inHand: ResultsInHand
    /// How often a fetch that goes on is noted, so that the sweep does not take its message for lost.
    let touchPause: Duration
    let rule: InfrastructureRule
    let logger: Logger
    private let found: Grouping<Int, LabJobToFetch?>

    init(
        store: FleetStore,
        flusher: CompletionFlusher,
        labs: [String: any Lab],
        maximumResults: Int,
        inHand: ResultsInHand,
        settings: FleetConfiguration.Watcher,
        rule: InfrastructureRule,
        logger: Logger
    ) {
        self.store = store
        self.flusher = flusher
        self.labs = labs
        self.maximumResults = maximumResults
        self.inHand = inHand
        self.rule = rule
        self.logger = logger
        let touchPause = max(settings.sweepAge / 3, .seconds(1))
        self.touchPause = touchPause
        found = Grouping(
            maximum: settings.flushMaximumJobs,
            pause: settings.flushPause,
            mayConcernOne: FleetStore.mayConcernOne
        ) { ids in
            FleetMetric.groupItems.record(ids.count, [.what: "fetch"])
            let found = try await store.labJobsToFetch(ids, touchedAfter: touchPause)
            faultPoint("watcher.found")
            return found
        }
    }

    /// How often a lab may answer nonsense for one job while it answers at all, before the job ends without results,
    /// and for how long it must have done so.
    static let maximumTries = 50
    static let minimumTrouble: Duration = .seconds(900)
    /// The pauses before results that could not be fetched are asked for again.
    static let backoff = Backoff(first: .seconds(1), maximum: .seconds(30))
    /// The longest that a lab which wants to be left alone is left alone.
    static let maximumRest: Duration = .seconds(300)
    /// For how long a message is held while the database is away. The broker takes messages back after 30 minutes.
    static let patience: Duration = .seconds(300)

    func handle(_ message: LabJobMessage, tries: Int) async throws -> Disposition {
        let deadline = ContinuousClock.now + Self.patience
        let backoff = Backoff(first: .milliseconds(100), maximum: .seconds(1))
        var failures = 0
        while true {
            do {
                return try await handle(message)
            } catch let error as PostgresError where error.isPassing {
                // Put off by a message it would come up to half a minute after the database is back.
                guard ContinuousClock.now < deadline, !Task.isCancelled, !Task.isShuttingDownGracefully else {
                    throw error
                }
                failures += 1
                if failures == 1 { logger.warning("waits for the database", [.error: "\(error)"]) }
                let pause = backoff.pause(afterAttempt: failures)
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            }
        }
    }

    private func handle(_ message: LabJobMessage) async throws -> Disposition {
        guard let labJob = try await found.outcome(of: message.labJob) else { return .done }
        let parent = labJob.traceparent.flatMap(TraceParent.init)
        return try await withStep("fetch results", below: parent, kind: .client) { span in
            if let jobset = labJob.jobset { span.note(.jobset, jobset.text) }
            span.note(.labJob, labJob.number)
            span.note(.backend, labJob.backend)
            return try await fetch(labJob)
        }
    }

    /// Fetches what a lab job has said and hands it on.
    private func fetch(_ labJob: LabJobToFetch) async throws -> Disposition {
        guard !labJob.isFetched else {
            try await flusher.finish(FetchedLabJob(id: labJob.id))
            return .done
        }
        guard let lab = labs[labJob.backend] else {
            return .retry(
                after: .seconds(30),
                reason: "backend \(labJob.backend) is not in this watcher's configuration"
            )
        }
        // Held until what was fetched is stored.
        let share = inHand.share(of: labJob.backend)
        defer { withExtendedLifetime(share) {} }
        let fetched: FetchedLabJob
        do {
            let fetch = ResultFetch(store: store, lab: lab, labJob: labJob, maximum: maximumResults, share: share)
            let confirmation = FinishConfirmation(store: store, lab: lab, labJob: labJob, rule: rule)
            let result = try await withGracefulShutdownHandler {
                try await touching(labJob) { try await confirmation.results(of: fetch) }
            } onGracefulShutdown: {
                // What waits for its turn is for whoever comes next.
                lab.endWaitsForResults()
            }
            guard let found = result else {
                count(labJob, "not_finished")
                logger.info("not finished after all", [.labJob: "\(labJob.number)"])
                return .done
            }
            fetched = found
        } catch is ResultsInHand.NoRoom {
            return try await giveBack(labJob, "too many results in memory")
        } catch let error as LabError where error.kind == .busy {
            return try await giveBack(labJob, "\(error)")
        } catch let error as LabError where error.kind != .cancelled {
            guard let instead = try await abandoned(labJob, after: error, lab: lab) else {
                try await putOff(labJob, after: error)
                return .done
            }
            fetched = instead
        }
        faultPoint("watcher.fetched")
        try await flusher.finish(fetched)
        faultPoint("watcher.flushed")
        count(labJob, "ok")
        // That a fetch which had failed succeeds is a sign that the lab is back.
        if labJob.fetchTries > 0 { try await store.makeFetchesDue(backend: labJob.backend) }
        return .done
    }

    /// What could not be fetched for reasons of ours is due again at once, and counts as no try of the lab's.
    private func giveBack(_ labJob: LabJobToFetch, _ reason: String) async throws -> Disposition {
        count(labJob, "given_back")
        logger.debug("results not fetched yet", [.labJob: "\(labJob.number)", .reason: "\(reason)"])
        try await store.returnToFetch([labJob.id])
        return .done
    }

    /// Notes now and then that a fetch goes on, and be it that it waits for its turn.
    private func touching<Value: Sendable>(
        _ labJob: LabJobToFetch,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        // If the database is away, whoever writes the results says so.
        try await withPulse(every: touchPause, { try? await store.touchFetch(ofLabJob: labJob.id) }, body)
    }

    /// A row with a due time, in place of a message that is put off: when the lab is back all are due at once.
    private func putOff(_ labJob: LabJobToFetch, after error: LabError) async throws {
        count(labJob, "failed")
        var pause = Self.backoff.pause(afterAttempt: labJob.fetchTries + 1)
        if case .throttled(let wanted?) = error.kind { pause = max(pause, min(wanted, Self.maximumRest)) }
        logger.warning(
            "results not fetched",
            [
                .backend: "\(labJob.backend)", .labJob: "\(labJob.number)", .tries: "\(labJob.fetchTries + 1)",
                .error: "\(error)",
            ]
        )
        try await store.deferFetch(ofLabJob: labJob.id, by: pause)
    }

    /// A lab that is away, or has forgotten who we are, is waited for. One that answers us, but never with this job's
    /// results, ends the wait, whatever it says of them: the job ends, and not as complete.
    private func abandoned(
        _ labJob: LabJobToFetch,
        after error: LabError,
        lab: any Lab
    ) async throws -> FetchedLabJob? {
        guard labJob.fetchTries >= Self.maximumTries else { return nil }
        guard try await store.hasFinished(labJob: labJob.id, longerAgoThan: Self.minimumTrouble) else { return nil }
        guard await answers(lab) else { return nil }
        logger.error("results given up", [.labJob: "\(labJob.number)", .error: "\(error)"])
        let reason = "the results of lab job \(labJob.number) could not be fetched: \(error)".storable
        let stored = try await store.storedResults(ofLabJob: labJob.id)
        return FetchedLabJob(id: labJob.id, unfetchable: reason, firstPosition: stored)
    }

    /// Whether the lab answers at all, and as it should.
    private func answers(_ lab: any Lab) async -> Bool {
        do {
            _ = try await lab.version()
            return try await lab.knowsUs()
        } catch {
            return false
        }
    }

    private func count(_ labJob: LabJobToFetch, _ outcome: String) {
        FleetMetric.fetches.increment([.backend: labJob.backend, .outcome: outcome])
    }
}

extension PostgresError {
    /// Whether the database is away or busy, so that the same may succeed in a moment.
    fileprivate var isPassing: Bool {
        isConnectionLoss || isRetriable || code == .poolTimeout || code == .poolExhausted || code == .commitUnknown
    }
}
