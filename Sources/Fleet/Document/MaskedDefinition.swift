// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// A job definition as it may be shown: what LAVA keeps secret in it (`secrets`) is replaced by `<masked>`, the rest stays
/// as its author wrote it.
public enum MaskedDefinition {
    /// What stands in place of a secret: a plain scalar wherever it stands.
    static let mask = "<masked>"
    /// A secret of fewer characters is not looked for in the rest of the text: it would be found everywhere.
    private static let shortestSought = 4
    private static let byteOrderMark: Unicode.Scalar = "\u{FEFF}"

    /// The text without secrets; `nil` when it can't be told what is secret.
    public static func text(of definition: String) -> String? {
        // The parser counts its places from behind a byte order mark.
        if definition.unicodeScalars.first == byteOrderMark {
            return text(of: String(definition.unicodeScalars.dropFirst())).map { String(byteOrderMark) + $0 }
        }
        var finder = SecretFinder()
        var events = YAMLEvents(definition)
        reading: while true {
            switch events.nextNode() {
            case .end: break reading
            case .failure: return nil
            case let node: guard finder.take(node) else { return nil }
            }
        }
        guard !finder.blocks.isEmpty else { return definition }
        let scalars = Array(definition.unicodeScalars)
        var shown = String.UnicodeScalarView()
        var next = 0
        for block in finder.blocks {
            let start = block.span.lowerBound
            guard start >= next, block.span.upperBound <= scalars.count else { return nil }
            let end = endOfLine(in: scalars, block.span)
            shown.append(contentsOf: scalars[next..<start])
            shown.append(contentsOf: block.text(endsLine: end > start && scalars[end - 1] == "\n").unicodeScalars)
            next = end
        }
        shown.append(contentsOf: scalars[next...])
        return finder.values.filter { $0.count >= shortestSought }.sorted { $0.count > $1.count }
            .reduce(String(shown)) { $0.replacing($1, with: mask) }
    }

    /// A block ends where what follows it begins, which may be indented: that stays.
    private static func endOfLine(in scalars: [Unicode.Scalar], _ span: Range<Int>) -> Int {
        let blanks = scalars[span].reversed().prefix { $0 == " " }.count
        let end = span.upperBound - blanks
        return end > span.lowerBound && scalars[end - 1] == "\n" ? end : span.upperBound
    }
}

/// Walks through a definition and notes where secrets are, and what they are.
private struct SecretFinder {
    /// The value of a key `secrets`, from behind the key to its end.
    struct Block {
        var span: Range<Int>
        var keys: [String]

        /// What is shown of it.
        func text(endsLine: Bool) -> String {
            let members = keys.map { "'\($0.replacing("'", with: "''"))': '\(MaskedDefinition.mask)'" }
            let value = keys.isEmpty ? "'\(MaskedDefinition.mask)'" : "{\(members.joined(separator: ", "))}"
            return ": \(value)" + (endsLine ? "\n" : "")
        }
    }

    private(set) var blocks: [Block] = []
    private(set) var values: Set<String> = []
    /// The containers that are open: how many nodes each has so far.
    private var open: [(isMapping: Bool, nodes: Int)] = []
    /// Where the key `secrets` ended whose value comes, or is coming.
    private var secretsFrom: Int?
    /// How many containers were open when that value began.
    private var depth = 0
    private var keys: [String] = []
    private var anchors: [String: String] = [:]

    private var isInside: Bool { secretsFrom != nil }

    /// Takes note of an event.
    ///
    /// - Returns: false when it can't be told any more what is secret.
    mutating func take(_ node: YAMLEvents.Node) -> Bool {
        switch node {
        case .scalar(let text, _, let anchor, let span):
            if let anchor { anchors[anchor] = text }
            let isKey = count()
            if isInside {
                if !isKey { values.insert(text) } else if open.count == depth + 1 { keys.append(text) }
                close(at: span.upperBound)
            } else if isKey, text == "secrets" {
                secretsFrom = span.upperBound
                depth = open.count
            }
        case .alias(let name, let span, _):
            _ = count()
            if isInside {
                guard let text = anchors[name] else { return false }
                values.insert(text)
                close(at: span.upperBound)
            }
        case .sequenceStart, .mappingStart:
            _ = count()
            if case .mappingStart = node { open.append((true, 0)) } else { open.append((false, 0)) }
        case .sequenceEnd(let span), .mappingEnd(let span):
            _ = open.popLast()
            if isInside { close(at: span.upperBound) }
        default: break
        }
        return true
    }

    /// Counts a node in its container.
    ///
    /// - Returns: whether it is a key.
    private mutating func count() -> Bool {
        guard let last = open.indices.last else { return false }
        open[last].nodes += 1
        return open[last].isMapping && open[last].nodes % 2 == 1
    }

    /// The block is over when the container is open again in which it stands.
    private mutating func close(at end: Int) {
        guard open.count == depth, let start = secretsFrom else { return }
        blocks.append(Block(span: start..<max(start, end), keys: keys))
        (secretsFrom, keys) = (nil, [])
    }
}
