// SPDX-License-Identifier: Apache-2.0

public import FleetStore
public import Foundation

/// One try of a delivery, in JSON.
public struct TryObject: Codable, Sendable, Equatable {
    /// Counted from 1.
    public let number: Int
    /// When it began.
    public let startedAt: Date
    /// How long it took.
    public let milliseconds: Int
    /// The receiver's HTTP status, if one came.
    public let status: Int?
    /// What went wrong, if anything.
    public let error: String?
    /// The beginning of the receiver's answer.
    public let response: String?

    /// A try as it was recorded.
    public init(_ one: RecordedTry) {
        number = one.number
        startedAt = one.startedAt
        milliseconds = one.milliseconds
        status = one.status
        error = one.error
        response = one.response
    }
}
