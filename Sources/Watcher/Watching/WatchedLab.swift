// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Labs
import Logging

/// One lab, and what everything that watches it needs.
struct WatchedLab: Sendable {
    let backend: FleetConfiguration.Backend
    let settings: FleetConfiguration.Watcher
    /// How long a request whose answer was lost may still be carried out.
    let doubts: DoubtTerms
    let store: FleetStore
    let publisher: FleetPublisher
    let client: any Lab
    let logger: Logger
    /// What its watchers tell one another: whether events flow, whether the lab answers.
    let polls: SharedPollSchedule

    /// What jobsets call it.
    var name: String { backend.name }

    init(
        backend: FleetConfiguration.Backend,
        settings: FleetConfiguration.Watcher,
        doubts: DoubtTerms,
        store: FleetStore,
        publisher: FleetPublisher,
        client: any Lab,
        logger: Logger
    ) {
        self.backend = backend
        self.settings = settings
        self.doubts = doubts
        self.store = store
        self.publisher = publisher
        self.client = client
        var logger = logger
        logger[.backend] = "\(backend.name)"
        self.logger = logger
        polls = SharedPollSchedule(
            PollSchedule(often: backend.pollInterval, seldom: max(settings.eventPollInterval, backend.pollInterval))
        )
    }
}

extension WatchedLab {
    /// Notes which lab jobs have finished, as the lab's own list or row says, and announces them.
    ///
    /// - Returns: the numbers of those that nobody had told of before.
    func finish(_ jobs: [SeenLabJob]) async throws -> [Int] {
        let finished = jobs.filter { $0.state == .finished }
        guard !finished.isEmpty else { return [] }
        return try await uninterrupted {
            let observations = finished.compactMap { LabJobObservation($0) }
            let seen = try await store.observeFinished(observations, backend: name)
            try await announce(seen.map(\.id))
            return seen.map(\.number)
        }
    }

    /// Notes which lab jobs have finished as events tell, and announces them.
    ///
    /// - Returns: the numbers of those that are ours and were not known to have finished.
    func finish(hints: [LabJobObservation]) async throws -> [Int] {
        guard !hints.isEmpty else { return [] }
        return try await uninterrupted {
            let seen = try await store.observeFinished(hints: hints, backend: name)
            try await announce(seen.map(\.id))
            return seen.map(\.number)
        }
    }

    /// Announces lab jobs whose fetch has come due.
    func announceAgain(_ ids: [Int]) async throws { try await uninterrupted { try await announce(ids) } }

    /// One message a lab job. What can't be announced now is due as soon as it can: that it has finished is stored.
    private func announce(_ ids: [Int]) async throws {
        guard !ids.isEmpty else { return }
        faultPoint("watcher.observed")
        guard publisher.isConnected else { return try await store.returnToFetch(ids) }
        do {
            try await publisher.announce(finishedLabJobs: ids, backend: name)
        } catch {
            logger.warning("not announced, comes again", [.jobs: "\(ids.count)", .error: "\(error)"])
            try await store.returnToFetch(ids)
        }
        faultPoint("watcher.announced")
    }

    /// Does something to its end, though the watch may end meanwhile: what is noted is to be announced as well.
    private func uninterrupted<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await Task { try await body() }.value
    }
}

extension WatchedLab {
    /// What the lab says of lab jobs of ours. What is not in it the lab does not know: a number alone is
    /// no proof, since a lab that was set up anew counts from 1 again, and to whoever watches a job of another project's
    /// there is no such job.
    func matched(_ labJobs: [OutstandingLabJob], among jobs: [SeenLabJob]) async throws -> [OutstandingLabJob:
        SeenLabJob]
    {
        let byNumber = Dictionary(jobs.map { ($0.id.number, $0) }, uniquingKeysWith: { first, _ in first })
        let found = labJobs.compactMap { labJob -> (labJob: OutstandingLabJob, job: SeenLabJob)? in
            guard let job = byNumber[labJob.number], labJob.isTagged(job.tag) else { return nil }
            return (labJob, job)
        }
        let others = try await store.othersJobs(
            among: found.filter(\.labJob.isWatched).map { labJob, job in
                WatchedLabJobLook(id: labJob.id, tag: job.tag, submitTime: job.submitTime)
            }
        )
        let ours = found.filter { !others.contains($0.labJob.id) }.map { ($0.labJob, $0.job) }
        return Dictionary(ours, uniquingKeysWith: { first, _ in first })
    }
}

extension LabJobObservation {
    /// What a row of the lab says; nil if no job of ours can be called so.
    init?(_ job: SeenLabJob) {
        guard let number = job.id.number else { return nil }
        self.init(
            number: number,
            tag: job.tag,
            labState: job.state.rawValue.storable,
            health: job.health.rawValue.storable,
            device: job.device?.storable,
            deviceType: job.deviceType?.storable,
            submitTime: job.submitTime,
            startTime: job.startTime,
            endTime: job.endTime,
            url: job.url?.storable
        )
    }

    /// What an event says; nil if no job of ours can be called so.
    init?(_ event: LabJobEvent) {
        guard let number = event.id.number else { return nil }
        self.init(
            number: number,
            labState: event.state.rawValue.storable,
            health: event.health.rawValue.storable,
            device: event.device?.storable,
            submitTime: event.submitTime,
            startTime: event.startTime,
            endTime: event.endTime
        )
    }
}

extension LabJobLook {
    /// What a row of the lab says of our lab job `id`, which has not finished.
    init(id: Int, _ job: SeenLabJob) {
        self.init(
            id: id,
            labState: job.state.rawValue.storable,
            role: job.role?.storable,
            submitTime: job.submitTime,
            startTime: job.startTime
        )
    }
}
