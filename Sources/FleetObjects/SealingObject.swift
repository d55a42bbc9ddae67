// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
package import Foundation

/// What sealing a jobset did, in JSON.
package struct SealingObject: Codable, Sendable, Equatable {
    package let id: String
    /// How many jobs it has.
    package let total: Int
    /// Whether it was sealed before.
    package let wasSealed: Bool
    /// Whether this was the end of the jobset.
    package let isFinished: Bool

    /// What was done to a jobset.
    package init(id: UUID, _ sealing: Sealing) {
        self.id = id.text
        total = sealing.total
        wasSealed = sealing.wasSealed
        isFinished = !sealing.finished.isEmpty
    }
}
