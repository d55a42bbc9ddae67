// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Parses a whole definition, whoever wrote it, and gives up on one that could exhaust the machine.
///
/// The parser calls itself for every level of nesting, and an alias brings all levels of its anchor along. So the
/// nesting is estimated first, generously: by how far lines are indented, by brackets that are open, and by anchors.
enum BoundedYAML {
    /// The largest text, in bytes.
    static let maximumBytes = 1024 * 1024

    /// The deepest nesting, aliases included, and the most nodes that are looked at.
    static let maximumDepth = 4_000
    static let maximumNodes = 100_000

    /// The document, or nil if it is none or too much.
    static func compose(_ text: String) -> Node.Mapping? {
        guard text.utf8.count <= maximumBytes, depth(of: text.utf8) <= maximumDepth else { return nil }
        let body = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        return ((try? Yams.compose(yaml: body)) ?? nil)?.mapping
    }

    /// The texts below a node, without those of mappings' keys.
    ///
    /// - Parameter left: How many nodes may still be looked at.
    /// - Returns: False if there are more, or if they are too deep.
    static func collect(_ node: Node, into texts: inout [String], left: inout Int, depth: Int = 0) -> Bool {
        left -= 1
        guard left > 0, depth < maximumDepth else { return false }
        switch node {
        case .scalar(let scalar): texts.append(scalar.string)
        case .sequence(let sequence):
            for item in sequence where !collect(item, into: &texts, left: &left, depth: depth + 1) { return false }
        case .mapping(let mapping):
            for (_, value) in mapping where !collect(value, into: &texts, left: &left, depth: depth + 1) {
                return false
            }
        case .alias: return false
        }
        return true
    }

    private static func depth(of text: String.UTF8View) -> Int {
        var (indentation, open, deepest, anchors, widest) = (0, 0, 0, 0, 0)
        var isAtStart = true
        var previous = UInt8(ascii: "\n")
        for byte in text {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): (isAtStart, indentation) = (true, 0)
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
                if isAtStart { indentation += 1 }
            default: isAtStart = false
            }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(0, open - 1)
            default: break
            }
            // `&&` and `2>&1` are what shells write; neither begins an anchor.
            if previous == UInt8(ascii: "&"), byte > UInt8(ascii: " "), byte != UInt8(ascii: "&") { anchors += 1 }
            (widest, deepest, previous) = (max(widest, indentation), max(deepest, open), byte)
        }
        let (depth, isHuge) = (widest / 2 + deepest + 1).multipliedReportingOverflow(by: anchors + 1)
        return isHuge ? .max : depth
    }
}
