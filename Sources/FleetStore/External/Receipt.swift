// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// What became of a reported result, as the API and the command tell of it.
package struct Receipt: Codable, Sendable, Equatable {
    package let jobset: UUID
    package let position: Int
    /// The attempt that it is of.
    package let attempt: Int
    /// Whether the same had been reported before.
    package let isRepeat: Bool

    package init(_ receipt: ResultReceipt) {
        jobset = receipt.jobset
        position = receipt.position
        attempt = receipt.attempt
        isRepeat = receipt.isRepeat
    }
}
