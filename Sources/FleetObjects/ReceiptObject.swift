// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore

/// What became of a reported result, in JSON.
package struct ReceiptObject: Codable, Sendable, Equatable {
    package let jobset: String
    package let position: Int
    /// The attempt that it is of.
    package let attempt: Int
    /// Whether the same had been reported before.
    package let isRepeat: Bool

    package init(_ receipt: ResultReceipt) {
        jobset = receipt.jobset.text
        position = receipt.position
        attempt = receipt.attempt
        isRepeat = receipt.isRepeat
    }
}
