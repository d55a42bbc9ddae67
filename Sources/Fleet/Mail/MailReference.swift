// SPDX-License-Identifier: Apache-2.0

/// The `Message-ID` of somebody else's mail, which a report is to answer: `<left@right>`.
///
/// RFC 5322 lets quoted strings and comments stand in one. No mailer in use writes them, so printable ASCII without blanks,
/// quotes and brackets is all that is taken, and no reference can end its header.
package struct MailReference: Sendable, Hashable, CustomStringConvertible {
    /// The longest, in bytes without the brackets: it has to fit into one line of a header.
    package static let maximumBytes = 250

    /// As headers have it: `<left@right>`.
    package let description: String

    /// From a text with or without the brackets; `nil` where ``complaint(about:)`` has something to say.
    package init?(_ text: String) {
        guard Self.complaint(about: text) == nil else { return nil }
        description = "<\(Self.bare(text))>"
    }

    /// What is wrong with a reference, or `nil` when nothing is.
    package static func complaint(about text: String) -> String? {
        let bare = bare(text)
        guard bare.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        let parts = bare.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isPlain) }) else {
            return "must be the Message-ID of a mail, such as <20261126101500.12345-1-dev@example.org>"
        }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"<>()\"\\,;".utf8.contains(byte)
    }

    private static func bare(_ text: String) -> Substring {
        text.hasPrefix("<") && text.hasSuffix(">") && text.utf8.count > 2 ? text.dropFirst().dropLast() : text[...]
    }
}

extension MailReference: CodedAsText {
    package static let meaning = "a Message-ID"
}
