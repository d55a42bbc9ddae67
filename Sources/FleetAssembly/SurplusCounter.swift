// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
package import Foundation
package import Logging

/// Tells of lab jobs that a lab has made of an attempt beside its own.
package enum SurplusCounter {
    /// Counts those that were not known before, and says which they are.
    package static func count(_ numbers: [Int], of attempt: UUID, backend: String, logger: Logger) {
        guard !numbers.isEmpty else { return }
        FleetMetric.surplusLabJobs.increment(by: numbers.count, [.backend: backend])
        logger.warning(
            "the lab has an attempt more than once; the surplus is canceled",
            [
                .backend: "\(backend)", .attempt: "\(attempt.text)", .surplus: "\(numbers)",
            ]
        )
    }
}
