// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation

/// A jobset's new generation, in JSON.
struct RetrialObject: Encodable {
    let id: String
    let generation: Int
    let jobs: Int

    init(id: UUID, _ retrial: Retrial) {
        self.id = id.text
        generation = retrial.generation
        jobs = retrial.jobs
    }
}
