// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

/// Removes tries that have been kept for long enough, and counts the receivers that fail.
struct DeliveryUpkeep: Service {
    let store: FleetStore
    let interval: Duration
    /// How long the tries of a delivery that is over are kept.
    let logKept: Duration
    /// How long a receiver must have taken nothing to count as failing.
    let failingFor: Duration
    let logger: Logger

    /// How many tries one statement removes: few enough to hold up nobody.
    private static let batch = 1_000
    /// How many such statements one turn makes at most.
    private static let batches = 100

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: logger, "the upkeep of deliveries") {
            for _ in 0..<Self.batches {
                guard try await store.removeTries(olderThan: logKept, limit: Self.batch) == Self.batch else { break }
            }
            let failing = try await store.failingReceivers(for: failingFor)
            FleetMetric.receiversFailing.set(failing.count)
        }
    }
}
