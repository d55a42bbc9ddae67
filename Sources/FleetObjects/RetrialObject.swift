// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// A jobset's new generation, in JSON.
public struct RetrialObject: Encodable, Sendable {
    let id: String
    let generation: Int
    let jobs: Int

    /// What was done to a jobset.
    public init(id: UUID, _ retrial: Retrial) {
        self.id = id.text
        generation = retrial.generation
        jobs = retrial.jobs
    }
}
