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
import ServiceLifecycle

/// Asks one lab what has finished since it was last asked, as the one watcher that holds the lab's lease.
///
/// A lab is asked in bulk, never for one job at a time, and not at all while it has nothing of ours. What a poll sees
/// is written down and announced before the poll's place in time moves on, and every poll overlaps the one before it.
struct BackendPoller: Service {
    let backend: FleetConfiguration.Backend
    let settings: FleetConfiguration.Watcher
    let holder: UUID
    let store: FleetStore
    let publisher: FleetPublisher
    let lab: LAVAClient
    let logger: Logger

    /// By how much the lab's clock may differ from ours.
    static let clockDifference: Duration = .seconds(3600)
    /// The most pages of one poll; the next goes on where it ended.
    static let maximumPages = 50
    /// How many outstanding jobs are asked for by number in one turn.
    static let reconcileBatch = 1000

    func run() async throws {
        // Later, the lab's event stream is followed from here as well, and polls become seldom while it flows.
        await repeatUntilShutdown(every: backend.pollInterval, logger: logger, "polling \(backend.name)") {
            guard let lease = try await store.holdLease(on: backend.name, holder: holder, lease: settings.lease),
                let oldest = lease.oldestAttempt
            else { return }
            // A poll that fails must not keep the net below it from being drawn.
            do {
                try await poll(since: start(lease, oldest: oldest))
            } catch {
                try await reconcile()
                throw error
            }
            try await reconcile()
        }
        try? await store.releaseLease(on: backend.name, holder: holder)
    }

    /// Nothing of ours can have ended before the oldest attempt that the lab still has was begun.
    private func start(_ lease: WatchLease, oldest: Date) -> Date {
        let earliest = oldest.addingTimeInterval(-Self.clockDifference.timeInterval)
        guard let seen = lease.seenUntil else { return earliest }
        return max(seen.addingTimeInterval(-settings.pollOverlap.timeInterval), earliest)
    }

    private func poll(since: Date) async throws {
        var offset = 0
        for _ in 0..<Self.maximumPages {
            let page = try await ask {
                try await lab.finishedJobs(endedAfter: since, limit: settings.pollPage, offset: offset)
            }
            try await announce(page.jobs)
            if let last = page.jobs.compactMap(\.endTime).max() {
                try await store.advance(backend: backend.name, seenUntil: last)
            }
            offset += page.rowCount
            guard page.hasMore, page.rowCount > 0 else { return }
            // A long catch-up must not cost the lease.
            guard try await store.holdLease(on: backend.name, holder: holder, lease: settings.lease) != nil else {
                return
            }
        }
    }

    /// Asks by number for jobs that no poll has seen for long: it is the net below the polls, for whatever slipped
    /// between them, and finds jobs that the lab has lost.
    private func reconcile() async throws {
        let outstanding = try await store.takeOutstanding(
            backend: backend.name,
            age: settings.reconcileInterval,
            limit: Self.reconcileBatch
        )
        guard !outstanding.isEmpty else { return }
        let jobs: [LAVAJob]
        do {
            jobs = try await ask { try await lab.jobs(ids: outstanding.map(\.number)) }
        } catch {
            try await store.returnOutstanding(outstanding)
            throw error
        }
        try await announce(jobs.filter { $0.state == .finished })
        let tags = Dictionary(jobs.map { ($0.id, $0.tag) }, uniquingKeysWith: { first, _ in first })
        let (present, missing) = outstanding.reduce(into: ([Int](), [Int]())) { split, labJob in
            let isKnown = tags[labJob.number].map { labJob.isTagged($0) } ?? false
            if isKnown { split.0.append(labJob.id) } else { split.1.append(labJob.id) }
        }
        let finished = try await store.recordMissing(missing, present: present, grace: settings.reconcileInterval)
        try await publisher.announce(finished: finished)
    }

    private func announce(_ jobs: [LAVAJob]) async throws {
        let ids = try await store.observeFinished(jobs.map(FinishedObservation.init), backend: backend.name)
        guard !ids.isEmpty else { return }
        faultPoint("watcher.observed")
        try await publisher.announce(finishedLabJobs: ids, backend: backend.name)
        faultPoint("watcher.announced")
    }

    /// A request to the lab, with a note of how it went.
    private func ask<Answer>(_ request: () async throws -> Answer) async throws -> Answer {
        do {
            let answer = try await request()
            Counter(label: "muster_polls_total", dimensions: [("backend", backend.name), ("outcome", "ok")]).increment()
            try await store.recordContact(backend: backend.name, error: nil)
            return answer
        } catch let error as LAVAError {
            Counter(label: "muster_polls_total", dimensions: [("backend", backend.name), ("outcome", "failed")])
                .increment()
            try await store.recordContact(backend: backend.name, error: "\(error)")
            throw error
        }
    }
}

extension FinishedObservation {
    init(_ job: LAVAJob) {
        self.init(
            number: job.id,
            tag: job.tag,
            health: job.health.word,
            device: job.actualDevice,
            submitTime: job.submitTime,
            startTime: job.startTime,
            endTime: job.endTime
        )
    }
}

extension LAVAJob.Health {
    /// LAVA's own word for it.
    var word: String {
        switch self {
        case .complete: "Complete"
        case .incomplete: "Incomplete"
        case .canceled: "Canceled"
        case .unknown(let word): word
        }
    }
}
