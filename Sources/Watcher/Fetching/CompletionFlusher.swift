// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Postgres
import ServiceLifecycle

/// Writes finished lab jobs down in groups: one transaction and one step of each jobset's counter for many of them.
///
/// Whoever hands one in waits until it is written and what follows from it is published, so at most as many wait here
/// as messages are out.
actor CompletionFlusher: Service {
    private struct Entry {
        let labJob: FetchedLabJob
        let written: CheckedContinuation<Void, any Error>
    }

    private let store: FleetStore
    private let publisher: FleetPublisher
    private let interval: Duration
    private let maximumJobs: Int
    private let retryPause: Duration
    private let logger: Logger
    private var waiting: [Entry] = []
    private var nextFlush = ContinuousClock.now
    private let wake = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(store: FleetStore, publisher: FleetPublisher, settings: FleetConfiguration.Watcher, logger: Logger) {
        self.store = store
        self.publisher = publisher
        self.interval = settings.flushInterval
        self.maximumJobs = max(1, settings.flushMaximumJobs)
        self.retryPause = settings.infrastructureRetryPause
        self.logger = logger
    }

    /// Returns when the lab job is stored, its job counted, and a jobset finished by it announced.
    func finish(_ labJob: FetchedLabJob) async throws {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(Entry(labJob: labJob, written: continuation))
            wake.continuation.yield()
        }
    }

    func run() async throws {
        // The shutdown comes after the fetchers have drained: what is handed in before it is still written.
        await withGracefulShutdownHandler {
            for await _ in wake.stream {
                // The first of a quiet time goes at once. Under load each waits for the one before, and a little for
                // company.
                while !waiting.isEmpty {
                    if nextFlush > .now, waiting.count < maximumJobs {
                        try? await Task.sleep(until: nextFlush, clock: .continuous)
                    }
                    nextFlush = .now + interval
                    await flush()
                }
            }
        } onGracefulShutdown: {
            self.wake.continuation.finish()
        }
        await flush()
    }

    private func flush() async {
        let group = Array(waiting.prefix(maximumJobs))
        waiting.removeFirst(group.count)
        guard !group.isEmpty else { return }
        FleetMetric.flushJobs.record(group.count)
        do {
            try await write(group.map(\.labJob))
            for entry in group { entry.written.resume() }
        } catch {
            await flushApart(group, after: error)
        }
    }

    /// One lab job that can't be written must not keep the others from being written.
    private func flushApart(_ group: [Entry], after error: any Error) async {
        // Only what is wrong with the data itself can be one lab job's fault.
        guard (error as? PostgresError)?.concernsValues == true, group.count > 1 else {
            for entry in group { entry.written.resume(throwing: error) }
            return
        }
        for entry in group {
            do {
                try await write([entry.labJob])
                entry.written.resume()
            } catch {
                logger.error("lab job not stored", [.labJob: "\(entry.labJob.id)", .error: "\(error)"])
                entry.written.resume(throwing: error)
            }
        }
    }

    private func write(_ labJobs: [FetchedLabJob]) async throws {
        let stored = try await store.finishLabJobs(labJobs, retryAfter: retryPause)
        faultPoint("watcher.stored")
        try await publisher.announce(stored)
        for jobset in stored.finished {
            logger.info("jobset finished", [.jobset: "\(jobset.id.uuidString.lowercased())"])
        }
    }
}
