// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// A jobset's new generation.
package struct RetriedJobset: Codable, Sendable, Equatable {
    package let id: UUID
    package let generation: Int
    /// How many jobs are sent out again.
    package let jobs: Int

    /// What was done to a jobset.
    package init(id: UUID, _ retrial: Retrial) {
        self.id = id
        generation = retrial.generation
        jobs = retrial.jobs
    }
}
