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

/// Everything that is wrong with a document, in the order in which it stands there.
package struct DocumentFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults; never empty when thrown.
    package var faults: [Fault]

    package init(faults: [Fault]) {
        self.faults = faults
    }

    /// One fault a line.
    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// Faults as they are found, with a limit on how many are kept.
struct FaultList {
    private(set) var count = 0
    private var kept: [Fault] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Whether more faults are counted, but no longer kept.
    var isFull: Bool { kept.count >= limit }

    /// Counts a fault that would not be kept, without the cost of wording it.
    mutating func addUnlisted() {
        count += 1
    }

    mutating func add(_ pointer: String, _ reason: String, found value: String? = nil) {
        count += 1
        if kept.count < limit { kept.append(Fault(pointer: pointer, value: value, reason: reason)) }
    }

    /// The faults kept, and one that says how many were not.
    var all: [Fault] {
        guard count > kept.count else { return kept }
        let rest = count - kept.count
        return kept + [
            Fault(pointer: "", reason: "has \(rest) more \(rest == 1 ? "fault" : "faults"), not listed here")
        ]
    }
}
