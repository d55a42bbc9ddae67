// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// A job definition as it may be shown: what LAVA keeps secret in it (`secrets`) is replaced by `<masked>`, the rest stays
/// as its author wrote it.
package enum MaskedDefinition {
    /// Why a definition is not shown.
    package enum NotShown: Error, Equatable {
        /// It can't be told what in it is secret.
        case unclear
        /// It is longer than ``maximumBytes``.
        case tooLong
        /// It has more than ``maximumSecrets``, or they are longer than ``maximumSecretBytes``.
        case tooManySecrets
    }

    /// The longest definition that is shown, in bytes.
    package static let maximumBytes = 2 << 20
    /// The most secrets in one that is shown.
    package static let maximumSecrets = 1_000
    /// What all of them may have, in bytes.
    package static let maximumSecretBytes = 64 << 10

    /// What stands in place of a secret: a plain scalar wherever it stands.
    static let mask = "<masked>"
    /// A secret of fewer characters is not looked for in the rest of the text: it would be found everywhere.
    private static let shortestSought = 4
    private static let byteOrderMark: Unicode.Scalar = "\u{FEFF}"

    /// The text without secrets, in a time that grows with the text alone.
    ///
    /// - Parameter check: Is called now and then, and may end it by throwing.
    /// - Throws: ``NotShown``; what `check` throws.
    package static func text(of definition: String, check: () throws -> Void = {}) throws -> String {
        guard definition.utf8.count <= maximumBytes else { throw NotShown.tooLong }
        // The parser counts its places from behind a byte order mark.
        if definition.unicodeScalars.first == byteOrderMark {
            return try String(byteOrderMark) + text(of: String(definition.unicodeScalars.dropFirst()), check: check)
        }
        let finder = try secrets(in: definition, check)
        guard !finder.blocks.isEmpty else { return definition }
        let sought = finder.values.filter { $0.count >= shortestSought }
        guard finder.values.count <= maximumSecrets, sought.reduce(0, { $0 + $1.utf8.count }) <= maximumSecretBytes
        else {
            throw NotShown.tooManySecrets
        }
        let matcher = TextMatcher(sought)
        let scalars = Array(definition.unicodeScalars)
        var shown = ""
        var next = 0
        for block in finder.blocks {
            let start = block.span.lowerBound
            guard start >= next, block.span.upperBound <= scalars.count else { throw NotShown.unclear }
            let end = endOfLine(in: scalars, block.span)
            shown += try masked(scalars[next..<start], matcher, check)
            let endsLine = end > start && scalars[end - 1] == "\n"
            shown += try block.text(endsLine: endsLine) { try masked($0.unicodeScalars, matcher, check) }
            next = end
        }
        return shown + (try masked(scalars[next...], matcher, check))
    }

    private static func secrets(in definition: String, _ check: () throws -> Void) throws -> SecretFinder {
        var finder = SecretFinder()
        var events = YAMLEvents(definition)
        var count = 0
        while true {
            count += 1
            if count % 1_000 == 0 { try check() }
            switch events.nextNode() {
            case .end: return finder
            case .failure: throw NotShown.unclear
            case let node: guard finder.take(node) else { throw NotShown.unclear }
            }
        }
    }

    /// A stretch of the text with every secret in it masked.
    private static func masked(
        _ scalars: some Sequence<Unicode.Scalar>,
        _ matcher: TextMatcher,
        _ check: () throws -> Void
    ) rethrows -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        let bytes = Array(String(view).utf8)
        var shown = ""
        var next = 0
        for match in try matcher.matches(in: bytes, check: check) {
            shown += String(decoding: bytes[next..<match.lowerBound], as: UTF8.self) + mask
            next = match.upperBound
        }
        return shown + String(decoding: bytes[next...], as: UTF8.self)
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

        /// What is shown of it: its keys, of which each may have a secret in it.
        func text(endsLine: Bool, masked: (String) throws -> String) rethrows -> String {
            let members = try keys.map { key in
                let key = try masked(key).replacing("'", with: "''")
                return "'\(key)': '\(MaskedDefinition.mask)'"
            }
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
