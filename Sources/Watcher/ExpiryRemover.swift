// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

/// Removes what is not kept any longer. Every watcher does; one at a time finds the door open.
struct ExpiryRemover: Service {
    let rules: RetentionRules
    let interval: Duration
    let parts: FleetParts

    /// How long one turn goes on: there may be much after the rules have changed, and a turn that lasts looks stuck.
    private static let turn = Duration.seconds(30)
    /// Between two steps, so that the database has time for others.
    private static let pause = Duration.milliseconds(50)

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: parts.logger, "retention") {
            let end = ContinuousClock.now + Self.turn
            while ContinuousClock.now < end, !Task.isShuttingDownGracefully {
                guard let step = try await parts.store.removeExpired(rules) else { return }
                FleetMetric.removed.increment(by: step.ended, [.what: step.part.rawValue])
                try await Task.sleep(for: Self.pause)
            }
        }
    }
}
