// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// A comment ahead of a definition, its first line: by it whoever submits a job can find it again.
///
/// LAVA keeps a definition's text. A comment ahead of everything else is accepted before `---`, `%YAML` and CRLF alike, and
/// leaves the document what it was. A byte order mark is dropped: behind a comment, LAVA's loader takes it for the first
/// column of its line.
enum LeadingComment {
    /// The longest that is read, in bytes.
    static let maximumBytes = 200

    /// The definition with its comment, which must be one line.
    static func added(_ comment: String, to definition: String) -> String {
        "# \(comment)\n\(ByteOrderMark.removed(from: definition))"
    }

    /// The comment that a definition begins with; nil if it has none, or a longer one.
    static func read(_ definition: String) -> String? {
        let text = definition.utf8
        guard text.starts(with: "# ".utf8) else { return nil }
        let line = text.dropFirst(2).prefix(maximumBytes + 1).prefix {
            $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
        }
        return line.count > maximumBytes ? nil : String(Substring(line))
    }
}
