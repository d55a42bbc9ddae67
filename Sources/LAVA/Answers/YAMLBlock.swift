// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// Cuts one top-level key out of YAML that LAVA dumped: block style, keys at the left edge, what belongs to a key
/// indented below it.
///
/// A remote's text goes to the YAML parser only in such a piece, bounded in size and in nesting.
enum YAMLBlock {
    /// The largest piece that is parsed, in bytes.
    static let maximumBytes = 32 * 1024

    /// The key with what it holds, read; nil where it is missing, too much, or no YAML.
    static func parsed(_ key: String, of yaml: String) -> YAMLNodes? {
        topLevel(key, of: yaml).flatMap { YAMLNodes($0, limits: .init(bytes: maximumBytes + 1, nodes: 10_000)) }
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
        guard var nodes = YAMLNodes(piece, limits: .init(bytes: maximumBytes + 1, nodes: 10_000)) else { return nil }
        return nodes.text(nodes.value(key, of: nodes.root))
    }

    /// The lines of a key, with the key; nil where it is missing or too large.
    private static func topLevel(_ key: String, of yaml: String) -> String? {
        let start = Array("\(key):".utf8)
        var piece: [UInt8] = []
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
            guard piece.count + line.count < maximumBytes else { return nil }
            piece.append(contentsOf: line)
            piece.append(UInt8(ascii: "\n"))
        }
        return piece.isEmpty ? nil : String(decoding: piece, as: UTF8.self)
    }
}
