// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
package import Foundation

/// A jobset's new generation, in JSON.
package struct RetrialObject: Codable, Sendable, Equatable {
    package let id: String
    package let generation: Int
    /// How many jobs are sent out again.
    package let jobs: Int

    /// What was done to a jobset.
    package init(id: UUID, _ retrial: Retrial) {
        self.id = id.text
        generation = retrial.generation
        jobs = retrial.jobs
    }
}
