// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// What sealing a jobset did, in JSON.
public struct SealingObject: Encodable, Sendable {
    let id: String
    let total: Int
    let wasSealed: Bool
    let isFinished: Bool

    /// What was done to a jobset.
    public init(id: UUID, _ sealing: Sealing) {
        self.id = id.text
        total = sealing.total
        wasSealed = sealing.wasSealed
        isFinished = !sealing.finished.isEmpty
    }
}
