// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The comment that marks a definition as ours: `# muster: <uuid>`, its first line.
///
/// LAVA has no idempotency key, but it keeps a definition's text. A comment ahead of everything else was accepted
/// before a byte order mark, `---`, `%YAML` and CRLF alike, and leaves the document what it was.
enum MusterTag {
    /// What stands before the UUID.
    static let prefix = "# muster: "

    /// The words to look for: UUIDs are written in lower case, and LAVA compares bytes.
    static func needle(_ tag: UUID) -> String {
        "muster: \(tag.uuidString.lowercased())"
    }

    /// The definition with its comment.
    static func tagged(_ definition: String, _ tag: UUID) -> String {
        "# \(needle(tag))\n\(definition)"
    }

    /// The tag of a definition that LAVA gave back.
    static func read(_ definition: String) -> UUID? {
        let text = definition.utf8
        guard text.starts(with: prefix.utf8) else { return nil }
        let line = text.dropFirst(prefix.utf8.count).prefix(37)
        guard line.count == 36 || line.last == UInt8(ascii: "\n") || line.last == UInt8(ascii: "\r") else { return nil }
        return UUID(uuidString: String(Substring(line.prefix(36))))
    }
}
