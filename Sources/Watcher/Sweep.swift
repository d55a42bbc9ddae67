// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Metrics
import ServiceLifecycle

/// Looks for what a crash or a lost broker left behind, and sends it on its way again.
///
/// It mends missing messages and missed finishes, and nothing else: a counter that does not agree with its jobs is
/// told of and left as it is. Every watcher sweeps; all that a second sweep does is find nothing.
struct Sweep: Service {
    let settings: FleetConfiguration.Watcher
    let parts: FleetParts

    /// The most that one sweep sends on its way.
    static let batch = 2000

    private var store: FleetStore { parts.store }
    private var logger: Logger { parts.logger }

    func run() async throws {
        await repeatUntilShutdown(every: settings.sweepInterval, logger: logger, "sweep") { try await sweep() }
    }

    func sweep() async throws {
        try await finishMissed()
        try await reportMismatches()
        try await resendLost()
        let uncounted = try await store.takeUncounted(age: settings.sweepAge, limit: Self.batch)
        try await mend(uncounted, "uncounted lab job") { try await parts.publisher.announce(finishedLabJobs: $0) }
    }

    private func finishMissed() async throws {
        let missed = try await store.finishMissed()
        try await mend(missed, "missed finish") { try await parts.publisher.announce(finished: $0) }
    }

    private func reportMismatches() async throws {
        let mismatches = try await store.counterMismatches(limit: 100)
        Gauge(label: "muster_counter_mismatches").record(mismatches.count)
        for mismatch in mismatches {
            logger.error(
                "a jobset's counter does not agree with its jobs",
                metadata: [
                    "jobset": "\(mismatch.jobsetID.uuidString.lowercased())", "pending": "\(mismatch.pending)",
                    "unfinished": "\(mismatch.unfinished)",
                ]
            )
        }
    }

    /// Work that waits while its queue is empty has lost its message. While the queue is not empty it may only be
    /// waiting its turn, and is left alone.
    private func resendLost() async throws {
        let topology = parts.topology
        let empty = try await AMQPSession.withSession(configuration: parts.broker, logger: logger) { session in
            var empty: Set<String> = []
            for queue in topology.workQueues where try await session.messageCount(queue)?.messages ?? 0 == 0 {
                empty.insert(queue)
            }
            return empty
        }
        for backend in topology.backends where empty.contains(topology.jobs(of: backend)) {
            let resumed = try await store.resumeUnannounced(backend: backend, age: settings.sweepAge)
            count(resumed, "lost job message")
        }
        guard empty.contains(topology.finished) else { return }
        let unfetched = try await store.takeUnfetched(age: settings.sweepAge, limit: Self.batch)
        try await mend(unfetched, "lost lab job message") { try await parts.publisher.announce(finishedLabJobs: $0) }
    }

    private func mend<Item>(_ items: [Item], _ what: String, _ send: ([Item]) async throws -> Void) async throws {
        count(items.count, what)
        if !items.isEmpty { try await send(items) }
    }

    private func count(_ number: Int, _ what: String) {
        Counter(label: "muster_swept_total", dimensions: [("what", what)]).increment(by: number)
        if number > 0 { logger.warning("swept up", metadata: ["what": "\(what)", "count": "\(number)"]) }
    }
}
