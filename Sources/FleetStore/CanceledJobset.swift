// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// What a cancellation did.
package struct CanceledJobset: Codable, Sendable, Equatable {
    package let id: UUID
    /// How many jobs ended at once.
    package let endedNow: Int
    /// How many jobs a lab has.
    package let inLab: Int
    /// Of how many it is being found out whether a lab has them.
    package let inDoubt: Int
    /// Whether this was the end of the jobset.
    package let isFinished: Bool

    /// What was done to a jobset.
    package init(id: UUID, _ cancellation: Cancellation) {
        self.id = id
        endedNow = cancellation.endedNow
        inLab = cancellation.inLab
        inDoubt = cancellation.inDoubt
        isFinished = cancellation.isFinished
    }
}
