// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// A job definition as it may be shown: what is secret in it is replaced by `<masked>`, the rest stays as its author wrote
/// it. Secret are `secrets`, which LAVA keeps to itself as well, the `headers` of a download, the `token` of a `notify`, the
/// `password` of a registry's `login`, and what stands before the `@` of a URL.
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
        let sought = finder.values.filter { $0.count >= shortestSought }
        guard finder.values.count <= maximumSecrets, sought.reduce(0, { $0 + $1.utf8.count }) <= maximumSecretBytes
        else {
            throw NotShown.tooManySecrets
        }
        let matcher = TextMatcher(sought)
        let scalars = Array(definition.unicodeScalars)
        let blocks = finder.blocks(in: scalars)
        guard !blocks.isEmpty || !sought.isEmpty || URLCredentials.mayBe(in: definition) else { return definition }
        var shown = ""
        var next = 0
        for block in blocks {
            let start = block.span.lowerBound
            // A URL within something that is secret anyway.
            if block.span.upperBound <= next { continue }
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
        // Found before anything is replaced: a mask inside a URL would hide where its credentials begin.
        let found = try matcher.matches(in: bytes, check: check) + URLCredentials.ranges(in: bytes, isWhole: false)
        var shown = ""
        var next = 0
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            // One that overlaps the one before is part of the same mask.
            if range.lowerBound >= next {
                shown += String(decoding: bytes[next..<range.lowerBound], as: UTF8.self) + mask
            }
            next = max(next, range.upperBound)
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
