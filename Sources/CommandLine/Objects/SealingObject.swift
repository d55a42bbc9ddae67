// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation

/// What sealing a jobset did, in JSON.
struct SealingObject: Encodable {
    let id: String
    let total: Int
    let wasSealed: Bool
    let isFinished: Bool

    init(id: UUID, _ sealing: Sealing) {
        self.id = id.text
        total = sealing.total
        wasSealed = sealing.wasSealed
        isFinished = !sealing.finished.isEmpty
    }
}
