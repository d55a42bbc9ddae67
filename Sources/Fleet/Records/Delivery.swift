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

/// Where a callback, report or mail goes. What a publisher gave may hold a token in its query (GitLab's triggers do), so
/// an address describes and encodes itself without it; ``reveal`` gives all of it.
package struct ReceiverAddress: Sendable, Hashable {
    /// The whole address. Hand it to what needs it; don't keep it in anything that can be printed.
    package let reveal: String

    package init(_ address: String) { reveal = address }

    /// The address without its query and fragment.
    package var masked: String {
        guard let query = reveal.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return reveal }
        return reveal[..<query] + "?…"
    }
}

extension ReceiverAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked }
    package var debugDescription: String { masked }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension ReceiverAddress: Codable {
    package init(from decoder: any Decoder) throws {
        reveal = try decoder.singleValueContainer().decode(String.self)
    }

    /// As it is shown: what may be a secret is not encoded.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(masked)
    }
}
