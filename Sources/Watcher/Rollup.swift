// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

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
