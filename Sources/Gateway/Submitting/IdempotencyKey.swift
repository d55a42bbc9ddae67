// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPTypes

/// What a client marks a request with, so that the same one sent twice is done once. Without one, the same content is
/// the same request.
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

    /// The id that follows from it: a UUID is the id itself; any other is one within its project or jobset.
    func id(for scope: String) -> UUID {
        if let id = UUID(uuidString: text) { return id }
        var id = ContentID("muster.idempotency.1")
        id.add(Array(scope.utf8))
        id.add(Array(text.utf8))
        return id.id
    }
}
