// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPTypes

/// What a client marks a request with, so that the same one sent twice is done once. Without one, the same content is
/// the same request. `KeyedID` has the ids that follow from it.
struct IdempotencyKey: Equatable {
    let text: String

    private static let name = HTTPField.Name("Idempotency-Key")
    /// The longest key, in bytes.
    static let maximumBytes = 255

    /// The key in a request's head, with or without quotes; nil where there is none.
    ///
    /// - Throws: ``Refusal`` for one that is empty or too long.
    init?(_ headers: HTTPFields) throws(Refusal) {
        guard let name = Self.name, let value = headers[name] else { return nil }
        let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        let text = isQuoted ? String(value.dropFirst().dropLast()) : value
        guard !text.isEmpty, text.utf8.count <= Self.maximumBytes else {
            let reason = "must have 1 to \(Self.maximumBytes) bytes"
            throw .badRequest([Fault(pointer: "Idempotency-Key", reason: reason)])
        }
        self.text = text
    }
}
