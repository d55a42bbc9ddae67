// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// What a cancellation did, in JSON.
public struct CancellationObject: Codable, Sendable, Equatable {
    /// The jobset.
    public let id: String
    /// How many jobs ended at once.
    public let endedNow: Int
    /// How many jobs a lab has.
    public let inLab: Int
    /// Of how many it is being found out whether a lab has them.
    public let inDoubt: Int
    /// Whether this was the end of the jobset.
    public let isFinished: Bool

    /// What was done to a jobset.
    public init(id: UUID, _ cancellation: Cancellation) {
        self.id = id.text
        endedNow = cancellation.endedNow
        inLab = cancellation.inLab
        inDoubt = cancellation.inDoubt
        isFinished = cancellation.finished.contains { $0.id == id }
    }
}
