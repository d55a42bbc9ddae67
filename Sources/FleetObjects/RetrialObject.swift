// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// A jobset's new generation, in JSON.
public struct RetrialObject: Codable, Sendable, Equatable {
    /// The jobset.
    public let id: String
    /// The new generation.
    public let generation: Int
    /// How many jobs are sent out again.
    public let jobs: Int

    /// What was done to a jobset.
    public init(id: UUID, _ retrial: Retrial) {
        self.id = id.text
        generation = retrial.generation
        jobs = retrial.jobs
    }
}
