// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

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
