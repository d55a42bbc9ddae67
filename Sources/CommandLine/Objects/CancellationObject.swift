// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// What a cancellation did, in JSON.
struct CancellationObject: Encodable {
    let id: String
    let endedNow: Int
    let inLab: Int
    let inDoubt: Int
    let isFinished: Bool

    init(id: UUID, _ cancellation: Cancellation) {
        self.id = id.text
        endedNow = cancellation.endedNow
        inLab = cancellation.inLab
        inDoubt = cancellation.inDoubt
        isFinished = cancellation.finished.contains { $0.id == id }
    }
}
