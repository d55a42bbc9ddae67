// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Cuts one top-level key out of YAML that LAVA dumped: block style, keys at the left edge, what belongs to a key
/// indented below it.
///
/// A remote's text goes to the YAML parser only in such a piece, bounded in size and in nesting: the parser
/// recurses, and a document of a million brackets would take our stack with it.
enum YAMLBlock {
    /// The largest piece that is parsed, in bytes.
    static let maximumBytes = 64 * 1024

    /// The most openings of something nested (`[`, `{`, `- `, `? `) in a piece that is parsed.
    static let maximumBrackets = 200

    /// The lines of a key, with the key; nil where it is missing, too large or too deep.
    static func topLevel(_ key: String, of yaml: String) -> String? {
        let start = Array("\(key):".utf8)
        var piece: [UInt8] = []
        var brackets = 0
        var rest = Substring(yaml).utf8
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = rest[..<end]
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[rest.endIndex...]
            if piece.isEmpty {
                guard line.starts(with: start) else { continue }
            } else if let first = line.first, first != UInt8(ascii: " "), first != UInt8(ascii: "-") {
                break
            }
            brackets += openings(in: line)
            guard piece.count + line.count < maximumBytes, brackets <= maximumBrackets else { return nil }
            piece.append(contentsOf: line)
            piece.append(UInt8(ascii: "\n"))
        }
        return piece.isEmpty ? nil : String(decoding: piece, as: UTF8.self)
    }

    /// How often something nested may begin in a line. A hyphen within a word, as in the name of a role, is none.
    private static func openings(in line: Substring.UTF8View) -> Int {
        var count = 0
        var previous: UInt8?
        for byte in line {
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { count += 1 }
            if byte <= UInt8(ascii: " "),
                previous == UInt8(ascii: "-") || previous == UInt8(ascii: "?")
            {
                count += 1
            }
            previous = byte
        }
        return previous == UInt8(ascii: "-") || previous == UInt8(ascii: "?") ? count + 1 : count
    }

    /// The text of a key whose value is a scalar.
    static func scalar(_ key: String, of yaml: String) -> String? {
        guard let piece = topLevel(key, of: yaml) else { return nil }
        let value = piece.dropFirst(key.count + 1).drop(while: { $0 == " " })
        // Nearly every value is plain and on one line; that needs no parser.
        if let first = value.first, first.isLetter || first.isNumber, !value.dropLast().contains("\n"),
            !value.contains(": "), !value.contains(" #")
        {
            return String(value.dropLast())
        }
        return (try? Yams.compose(yaml: piece))?.mapping?[Node(key)]?.scalar?.string
    }
}
