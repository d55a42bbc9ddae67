// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A delivery: one report, callback, mail or push to one receiver.
package struct Delivery: Sendable, Codable, Equatable {
    /// The `webhook-id` of all its tries.
    package let id: UUID
    /// What it tells, such as `finished`; in words, for a later version may know more of them.
    package let event: String
    /// What is delivered: `report`, `callback` …; in words, for the same reason.
    package let kind: String
    /// The webhook of the project that it is for.
    package let webhook: String?
    package let receiver: ReceiverAddress
    /// `due`, `delivered`, `failed`, or `skipped` for a mail that is not wanted.
    package let state: String
    /// How often it was tried.
    package let tries: Int
    /// When it is tried next, while it is due.
    package let dueAt: Date?
    /// The HTTP status of the last try.
    package let lastStatus: Int?
    /// What the last try failed with; of a skipped delivery, why it is.
    package let lastError: String?
    /// Since when its receiver has taken nothing at all; `nil` unless that was long enough to be marked.
    package let receiverFailingSince: Date?

    /// What it is, and to which webhook: `webhook ci`.
    package var label: String { webhook.map { "\(kind) \($0)" } ?? kind }
    /// Whether it is still to be tried.
    package var isDue: Bool { state == "due" }
    /// Whether its receiver has taken it.
    package var isDelivered: Bool { state == "delivered" }
}

/// One try of a delivery.
package struct DeliveryTry: Sendable, Codable, Equatable {
    /// Counts from 1.
    package let number: Int
    package let startedAt: Date
    /// How long it took, in milliseconds.
    package let milliseconds: Int
    /// The receiver's HTTP status; `nil` when none came.
    package let status: Int?
    /// What went wrong; `nil` when it was taken.
    package let error: String?
    /// The beginning of what the receiver answered.
    package let response: String?

    /// A try as it went. What the database can't keep of the texts is replaced.
    package init(
        number: Int,
        startedAt: Date,
        duration: Duration,
        status: Int?,
        error: String?,
        response: String?
    ) {
        self.number = number
        self.startedAt = startedAt
        milliseconds = Int(duration / .milliseconds(1))
        self.status = status
        self.error = error.map(\.storable)
        self.response = response.map(\.storable)
    }
}

/// A delivery that is made again.
package struct RepeatedDelivery: Sendable, Codable, Equatable {
    package let id: UUID

    package init(_ id: UUID) { self.id = id }
}
