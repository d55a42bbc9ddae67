// SPDX-License-Identifier: Apache-2.0

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
