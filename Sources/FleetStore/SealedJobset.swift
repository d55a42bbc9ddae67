// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// What sealing a jobset did.
package struct SealedJobset: Codable, Sendable, Equatable {
    package let id: UUID
    /// How many jobs it has.
    package let total: Int
    /// Whether it was sealed before.
    package let wasSealed: Bool
    /// Whether this was the end of the jobset.
    package let isFinished: Bool

    /// What was done to a jobset.
    package init(id: UUID, _ sealing: Sealing) {
        self.id = id
        total = sealing.total
        wasSealed = sealing.wasSealed
        isFinished = sealing.isFinished
    }
}
