// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with what somebody sent: where, what was found, and why it can't be accepted.
package struct Fault: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A JSON pointer (RFC 6901) into the document, or the name of a message property such as `message-id`.
    package let pointer: String
    /// What was found there, cut to at most ``maximumValueLength`` characters; `nil` when nothing was found.
    package let value: String?
    /// What is wrong with it and what would be right, as a sentence.
    package let reason: String

    /// The longest excerpt of a value that a fault carries, in characters.
    package static let maximumValueLength = 100

    /// A fault at `pointer`; a long `value` is cut.
    package init(pointer: String, value: String? = nil, reason: String) {
        self.pointer = pointer.storable
        self.value = value.map(\.storable).map {
            $0.count > Self.maximumValueLength ? $0.prefix(Self.maximumValueLength - 1) + "…" : $0
        }
        self.reason = reason.storable
    }

    /// Where, what and why, in a line.
    package var description: String {
        let place = pointer.isEmpty ? "the document" : pointer
        guard let value else { return "\(place): \(reason)" }
        return "\(place): \(reason) (found \"\(value)\")"
    }
}
