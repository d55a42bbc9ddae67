// SPDX-License-Identifier: Apache-2.0

import Testing

/// A document with one fault: where, what is quoted, and words of the reason.
struct FaultCase: Sendable, CustomTestStringConvertible {
    let document: String
    let pointer: String
    let value: String?
    let reason: String

    init(_ document: String, _ pointer: String, _ value: String?, _ reason: String) {
        self.document = document
        self.pointer = pointer
        self.value = value
        self.reason = reason
    }

    var testDescription: String { "\(pointer): \(reason)" }
}
