// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where a page of a list begins, as text that says nothing to its reader: numbers and an id in base64url.
package struct Cursor: Equatable {
    /// What it stands for.
    package let parts: [String]

    /// A cursor of these parts, none of which has a dot in it.
    package init(_ parts: String...) { self.parts = parts }

    /// The cursor in a text that a client gives back; nil for one that is none of ours.
    package init?(_ text: String, parts count: Int) {
        guard text.utf8.count <= 200, let data = Base64URL.bytes(text),
            let plain = String(data: data, encoding: .utf8)
        else { return nil }
        parts = plain.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == count else { return nil }
    }

    /// The text for clients.
    package var text: String { Base64URL.text(parts.joined(separator: ".").utf8) }
}
