// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// What a cancellation did, in JSON.
public struct CancellationObject: Encodable, Sendable {
    let id: String
    let endedNow: Int
    let inLab: Int
    let inDoubt: Int
    let isFinished: Bool

    /// What was done to a jobset.
    public init(id: UUID, _ cancellation: Cancellation) {
        self.id = id.text
        endedNow = cancellation.endedNow
        inLab = cancellation.inLab
        inDoubt = cancellation.inDoubt
        isFinished = cancellation.finished.contains { $0.id == id }
    }
}
