// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
package import FleetStore
package import Foundation
package import Labs
package import Logging

extension SubmittedGroup {
    /// What a lab has made of an attempt.
    package init(_ made: LabSubmission) {
        self.init(made.jobs.compactMap(SubmittedLabJob.init), size: made.size)
    }
}

extension SubmittedLabJob {
    /// A lab job as the lab named it; nil if it has no number, under which every lab job is kept.
    package init?(_ labJob: LabJobReference) {
        guard let number = labJob.id.number else { return nil }
        self.init(number: number, subID: labJob.subID, role: labJob.role)
    }
}

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
