// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
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
        var failure: (any Error)?
        // A step that fails must not keep the next ones from being taken.
        for step in [
            finishMissed, reportMismatches, sealForgotten, sealQuiet, endUndeliverable, endAbandoned, endCanceled,
            resendLost,
        ] {
            do {
                try await step()
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    @Sendable private func finishMissed() async throws {
        let missed = try await store.finishMissed()
        count(missed.finished.count, "missed finish")
        try await parts.publisher.announce(missed)
    }

    @Sendable private func endUndeliverable() async throws {
        let limit = parts.configuration.submitter.undeliverableAfter
        try await parts.publisher.announce(try await store.endUndeliverable(after: limit, batch: Self.batch))
    }

    @Sendable private func reportMismatches() async throws {
        let mismatches = try await store.counterMismatches(limit: 100)
        FleetMetric.mismatchedJobsets.set(mismatches.count)
        for mismatch in mismatches {
            logger.error(
                "a jobset's counter does not agree with its jobs",
                [
                    .jobset: "\(mismatch.jobsetID.text)", .pending: "\(mismatch.pending)",
                    .unfinished: "\(mismatch.unfinished)",
                ]
            )
        }
    }

    @Sendable private func sealForgotten() async throws {
        let forgotten = try await store.sealForgotten(after: settings.openLimit, batch: Self.batch)
        count(try await parts.publisher.announce(forgotten).count, "jobset left open")
    }

    /// Seals builds of SQUAD's clients, which have no word for the last job, once nothing happens in them.
    @Sendable private func sealQuiet() async throws {
        guard let quiet = settings.squadQuiet else { return }
        _ = try await parts.publisher.announce(
            try await store.sealQuietSQUADBuilds(after: quiet, batch: Self.batch)
        )
    }

    /// Ends what a lab has that is gone.
    @Sendable private func endAbandoned() async throws {
        let abandoned = try await store.endAbandoned(after: settings.labGoneAfter, batch: Self.batch)
        try await parts.publisher.announce(abandoned)
    }

    /// Has labs told of cancellations that a crash kept from them, and ends what no lab has confirmed for too long.
    @Sendable private func endCanceled() async throws {
        try await store.markLabJobsToCancel()
        count(try await store.markLeftLabJobs(cancelsExpired: settings.deadlineCancels), "lab job of an ended job")
        let canceled = try await store.endUnconfirmedCancellations(after: settings.cancelLimit, batch: Self.batch)
        try await parts.publisher.announce(canceled)
    }

    /// Jobs that wait while their queue is empty have lost their message. While it is not empty they may only be
    /// waiting their turn, and are left alone. A lab job whose message somebody has in hand was touched when it came.
    @Sendable private func resendLost() async throws {
        let topology = parts.topology
        let empty = try await AMQPSession.withSession(configuration: parts.broker, logger: logger) { session in
            var empty: Set<String> = []
            for queue in topology.workQueues where try await session.messageCount(queue)?.messages ?? 0 == 0 {
                empty.insert(queue)
            }
            FleetMetric.deadLetters.set(try await session.messageCount(topology.dead)?.messages ?? 0)
            return empty
        }
        for backend in topology.backends {
            if empty.contains(topology.jobs(of: backend)) { try await resumeUnannounced(backend) }
            if empty.contains(topology.finished(in: backend)) { try await resendLabJobs(of: backend) }
        }
    }

    private func resumeUnannounced(_ backend: String) async throws {
        var resumed = 0
        repeat {
            resumed = try await store.resumeUnannounced(backend: backend, age: settings.sweepAge, limit: Self.batch)
            count(resumed, "lost job message")
        } while resumed == Self.batch
    }

    private func resendLabJobs(of backend: String) async throws {
        let unfetched = try await store.takeUnfetched(backend: backend, age: settings.sweepAge, limit: Self.batch)
        count(unfetched.count, "lost lab job message")
        let uncounted = try await store.takeUncounted(backend: backend, age: settings.sweepAge, limit: Self.batch)
        count(uncounted.count, "uncounted lab job")
        try await parts.publisher.announce(finishedLabJobs: unfetched + uncounted, backend: backend)
    }

    private func count(_ number: Int, _ what: String) {
        FleetMetric.swept.increment(by: number, [.what: what])
        if number > 0 { logger.warning("swept up", [.what: "\(what)", .count: "\(number)"]) }
    }
}
