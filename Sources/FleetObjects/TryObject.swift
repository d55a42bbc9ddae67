// SPDX-License-Identifier: Apache-2.0

package import FleetStore
package import Foundation

/// One try of a delivery, in JSON.
package struct TryObject: Codable, Sendable, Equatable {
    /// Counted from 1.
    package let number: Int
    package let startedAt: Date
    /// How long it took.
    package let milliseconds: Int
    /// The receiver's HTTP status, if one came.
    package let status: Int?
    /// What went wrong, if anything.
    package let error: String?
    /// The beginning of the receiver's answer.
    package let response: String?

    /// A try as it was recorded.
    package init(_ one: RecordedTry) {
        number = one.number
        startedAt = one.startedAt
        milliseconds = one.milliseconds
        status = one.status
        error = one.error
        response = one.response
    }
}
