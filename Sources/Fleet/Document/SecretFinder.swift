// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// Walks through a definition and notes where secrets are, and what they are.
struct SecretFinder {
    /// What is shown in another form.
    struct Block {
        var span: Range<Int>
        var keys: [String] = []
        /// What is shown in its place; `nil` for the value of a key, from behind the key to its end.
        var scalar: String?

        /// What is shown of it: of a value its keys, of which each may have a secret in it.
        func text(endsLine: Bool, masked: (String) throws -> String) rethrows -> String {
            if let scalar { return try masked(scalar) + (endsLine ? "\n" : "") }
            let members = try keys.map { key in
                let key = try masked(key).replacing("'", with: "''")
                return "'\(key)': '\(MaskedDefinition.mask)'"
            }
            let value = keys.isEmpty ? "'\(MaskedDefinition.mask)'" : "{\(members.joined(separator: ", "))}"
            return ": \(value)" + (endsLine ? "\n" : "")
        }
    }

    private var blocks: [Block] = []
    /// Where scalars are that have credentials in a URL, and what they say.
    private var addresses: [(span: Range<Int>, text: String)] = []
    private(set) var values: Set<String> = []
    /// The containers that are open: how many nodes each has so far, and the last key of a mapping.
    private var open: [(isMapping: Bool, nodes: Int, key: String)] = []
    /// Where the key ended whose value comes, or is coming.
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
            } else if isKey {
                open[open.count - 1].key = text
                if isSecret(text) { (secretsFrom, depth) = (span.upperBound, open.count) }
            } else if URLCredentials.mayBe(in: text) {
                addresses.append((span, text))
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
            if case .mappingStart = node { open.append((true, 0, "")) } else { open.append((false, 0, "")) }
        case .sequenceEnd(let span), .mappingEnd(let span):
            _ = open.popLast()
            if isInside { close(at: span.upperBound) }
        default: break
        }
        return true
    }

    /// Whether the value of this key, which stands in the innermost mapping, is secret.
    private func isSecret(_ key: String) -> Bool {
        switch key {
        case "secrets", "headers": true
        case "token": open.dropLast().contains { $0.key == "notify" }
        case "password": open.dropLast().last?.key == "login"
        default: false
        }
    }

    /// What is shown in another form, in the order of the text.
    ///
    /// Credentials are masked where they stand in the text. A scalar that spells them by escapes is written anew.
    func blocks(in scalars: [Unicode.Scalar]) -> [Block] {
        let rewritten = addresses.compactMap { address -> Block? in
            guard address.span.upperBound <= scalars.count else { return nil }
            var raw = String.UnicodeScalarView()
            raw.append(contentsOf: scalars[address.span])
            let found = URLCredentials.found(in: address.text, isWhole: true)
            guard !found.isEmpty, found != URLCredentials.found(in: String(raw), isWhole: false) else { return nil }
            let shown = URLCredentials.masked(address.text, isWhole: true)
            return Block(span: address.span, scalar: String(decoding: JSONParts.string(shown), as: UTF8.self))
        }
        return (blocks + rewritten).sorted { $0.span.lowerBound < $1.span.lowerBound }
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

/// Users, passwords and tokens in URLs, before the `@` of their authority (RFC 3986, section 3.2.1).
enum URLCredentials {
    /// What ends an authority.
    private static let ends = Set("/?#".utf8)
    /// What ends a URL in a text in which others stand around it.
    private static let delimiters = Set("\\\"'`<>{}|^".utf8)

    /// Whether a text may have any.
    static func mayBe(in text: String) -> Bool { text.utf8.contains(UInt8(ascii: "@")) && text.contains("://") }

    /// All that a text has, in order.
    ///
    /// - Parameter isWhole: Whether the text is a value as it is read, and not one between quotes and brackets.
    static func found(in text: String, isWhole: Bool) -> [String] {
        let bytes = Array(text.utf8)
        return ranges(in: bytes, isWhole: isWhole).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// The text with a mask in place of each.
    static func masked(_ text: String, isWhole: Bool) -> String {
        guard mayBe(in: text) else { return text }
        let bytes = Array(text.utf8)
        var shown = ""
        var next = 0
        for range in ranges(in: bytes, isWhole: isWhole) {
            shown += String(decoding: bytes[next..<range.lowerBound], as: UTF8.self) + MaskedDefinition.mask
            next = range.upperBound
        }
        return shown + String(decoding: bytes[next...], as: UTF8.self)
    }

    /// Where they are, in one pass.
    static func ranges(in bytes: [UInt8], isWhole: Bool) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        while index + 3 <= bytes.count {
            guard bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/"),
                bytes[index + 2] == UInt8(ascii: "/")
            else {
                index += 1
                continue
            }
            let start = index + 3
            let isEnd = { (byte: UInt8) in
                byte <= 0x20 || byte == 0x7F || ends.contains(byte) || (!isWhole && delimiters.contains(byte))
            }
            let end = bytes[start...].firstIndex(where: isEnd) ?? bytes.count
            if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")), at > start { found.append(start..<at) }
            index = end
        }
        return found
    }
}
