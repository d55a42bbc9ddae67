// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// What sealing a jobset did, in JSON.
public struct SealingObject: Codable, Sendable, Equatable {
    /// The jobset.
    public let id: String
    /// How many jobs it has.
    public let total: Int
    /// Whether it was sealed before.
    public let wasSealed: Bool
    /// Whether this was the end of the jobset.
    public let isFinished: Bool

    /// What was done to a jobset.
    public init(id: UUID, _ sealing: Sealing) {
        self.id = id.text
        total = sealing.total
        wasSealed = sealing.wasSealed
        isFinished = !sealing.finished.isEmpty
    }
}
