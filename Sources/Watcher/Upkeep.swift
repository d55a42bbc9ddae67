// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

/// Counts now and then what waits for each lab and what is out, and compares that with what is kept of it. Every watcher
/// does; there should never be a difference.
struct Recount: Service {
    let interval: Duration
    let parts: FleetParts

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: parts.logger, "recount") {
            let wrong = try await parts.store.correctTurns()
            FleetMetric.swept.increment(by: wrong, [.what: "miscounted turn"])
            guard wrong > 0 else { return }
            parts.logger.error(
                "what is kept of turns did not agree with the jobs, and was corrected",
                [.count: "\(wrong)"]
            )
        }
    }
}

/// Adds up what has ended, for the views of the schema `dashboard`. Every watcher does; one at a time finds the door open.
struct Rollup: Service {
    let interval: Duration
    let parts: FleetParts

    /// How many batches one turn adds up at most: after an upgrade there are many, and a turn that lasts looks stuck.
    private static let batches = 20

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: parts.logger, "rollup") {
            for _ in 0..<Self.batches {
                guard try await parts.store.rollUp() == FleetStore.rollupBatch, !Task.isShuttingDownGracefully else {
                    return
                }
            }
        }
    }
}

/// Adds jobsets that have finished to the history of their tests. Every watcher does; one at a time finds the door open.
struct HistoryRecorder: Service {
    let interval: Duration
    let parts: FleetParts

    /// How many jobsets one turn adds at most: after an upgrade there are many, and a turn that lasts looks stuck.
    private static let jobsets = 20

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: parts.logger, "test history") {
            for _ in 0..<Self.jobsets {
                guard try await recordOne(), !Task.isShuttingDownGracefully else { return }
            }
        }
    }

    private func recordOne() async throws -> Bool {
        do {
            return try await parts.store.recordHistory()
        } catch let failure as HistoryFailure {
            parts.logger.warning(
                "a jobset is left out of the history of its tests",
                [.jobset: "\(failure.jobset.text)", .error: "\(failure.reason)"]
            )
            return true
        }
    }
}

/// Removes what is not kept any longer. Every watcher does; one at a time finds the door open.
struct ExpiryRemover: Service {
    let rules: RetentionRules
    let settings: FleetConfiguration.Watcher
    let parts: FleetParts

    /// How long one turn removes things of one kind: there may be much after the rules have changed, and a turn that lasts
    /// looks stuck.
    private static let turn = Duration.seconds(10)
    /// Between two steps, so that the database has time for others.
    private static let pause = Duration.milliseconds(50)

    func run() async throws {
        await repeatUntilShutdown(every: settings.retentionInterval, logger: parts.logger, "retention") {
            try await repeatSteps {
                guard let step = try await parts.store.removeExpired(rules) else { return false }
                FleetMetric.removed.increment(by: step.ended, [.what: step.part.rawValue])
                return true
            }
            try await repeatSteps {
                let removed = try await parts.store.removeRejected(olderThan: settings.rejectedKept) ?? 0
                FleetMetric.removed.increment(by: removed, [.what: "rejected"])
                return removed > 0
            }
            try await repeatSteps {
                let removed = try await parts.store.removeTotals(olderThan: settings.totalsKept) ?? 0
                FleetMetric.removed.increment(by: removed, [.what: "totals"])
                return removed > 0
            }
        }
    }

    /// - Parameter step: Returns whether there may be more to remove.
    private func repeatSteps(_ step: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + Self.turn
        while ContinuousClock.now < end, !Task.isShuttingDownGracefully, try await step() {
            try await Task.sleep(for: Self.pause)
        }
    }
}
