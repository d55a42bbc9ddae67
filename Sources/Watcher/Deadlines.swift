// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import ServiceLifecycle

/// Brings jobsets to their end whose deadline has passed. Every watcher looks; a second one finds nothing to do.
struct Deadlines: Service {
    let settings: FleetConfiguration.Watcher
    let parts: FleetParts

    /// The most jobs that one transaction ends.
    static let batch = 2000

    func run() async throws {
        await repeatUntilShutdown(every: settings.deadlinePoll, logger: parts.logger, "deadlines") {
            while try await passNext(), !Task.isShuttingDownGracefully {}
        }
    }

    /// Whether there may be another.
    private func passNext() async throws -> Bool {
        guard let step = try await parts.store.passDeadline(cancels: settings.deadlineCancels, batch: Self.batch)
        else { return false }
        let passed = try await parts.publisher.announce(step)
        FleetMetric.deadlineExpired.increment(by: passed.expired)
        parts.logger.notice(
            "a jobset's deadline has passed",
            [
                .jobset: "\(passed.jobsetID.text)", .expired: "\(passed.expired)",
                .finished: "\(!step.finished.isEmpty)",
            ]
        )
        return true
    }
}
