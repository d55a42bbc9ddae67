// SPDX-License-Identifier: Apache-2.0

/// Reads JSON (RFC 8259) value by value from bytes known to be UTF-8.
///
/// A decoder would build the whole document before anyone looks at it, hide keys that stand there twice, and say
/// where it stumbled only in prose. The cursor keeps nothing but its place: what is read is handed over, what is
/// skipped costs no memory, and every error has its byte.
struct JSONCursor {
    /// What a value is, seen from its first byte.
    enum Kind: String {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case number = "a number"
        case boolean = "a boolean"
        case null
    }

    /// The place among the members of one object or the elements of one array.
    struct Progress {
        fileprivate var isFirst = true
    }

    /// How deep values that are skipped may be nested.
    static let maximumDepth = 64

    let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    // MARK: Values

    /// What the next value is.
    mutating func kind() throws(JSONSyntaxError) -> Kind {
        switch try peek("a value") {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw unexpected("a value")
        }
    }

    /// Reads a number, as it stands there.
    mutating func number() throws(JSONSyntaxError) -> Substring {
        guard try kind() == .number else { throw unexpected("a number") }
        let start = offset
        try skipNumber()
        return Substring(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Reads `true` or `false`.
    mutating func boolean() throws(JSONSyntaxError) -> Bool {
        guard try kind() == .boolean else { throw unexpected("true or false") }
        let isTrue = bytes[offset] == UInt8(ascii: "t")
        try skipWord()
        return isTrue
    }

    /// Reads a string.
    mutating func string() throws(JSONSyntaxError) -> String {
        try expect(UInt8(ascii: "\""), "a string")
        let start = offset
        offset = endOfPlainRun(from: start)
        switch try byteInString() {
        case UInt8(ascii: "\""):
            offset += 1
            return String(decoding: bytes[start..<(offset - 1)], as: UTF8.self)
        default: return try escapedString(from: start)
        }
    }

    /// Enters an object; ask for ``nextKey(_:)`` until there is none.
    mutating func enterObject() throws(JSONSyntaxError) -> Progress {
        try expect(UInt8(ascii: "{"), "an object")
        return Progress()
    }

    /// The next key of an object, whose value must be read or skipped next; `nil` at its end.
    mutating func nextKey(_ progress: inout Progress) throws(JSONSyntaxError) -> String? {
        guard try advance(&progress, past: UInt8(ascii: "}"), orTo: "a key in double quotes") else { return nil }
        guard try peek("a key in double quotes") == UInt8(ascii: "\"") else {
            throw unexpected("a key in double quotes")
        }
        let key = try string()
        try expect(UInt8(ascii: ":"), "\":\" after a key")
        return key
    }

    /// Enters an array; ask for ``nextElement(_:)`` until there is none.
    mutating func enterArray() throws(JSONSyntaxError) -> Progress {
        try expect(UInt8(ascii: "["), "an array")
        return Progress()
    }

    /// Whether an array has another element, which must be read or skipped next.
    mutating func nextElement(_ progress: inout Progress) throws(JSONSyntaxError) -> Bool {
        try advance(&progress, past: UInt8(ascii: "]"), orTo: "an element")
    }

    /// Skips one value of any kind.
    mutating func skip(depth: Int = 0) throws(JSONSyntaxError) {
        guard depth < Self.maximumDepth else {
            throw JSONSyntaxError(offset: offset, problem: "values are nested more than \(Self.maximumDepth) deep")
        }
        switch try kind() {
        case .object:
            var progress = try enterObject()
            while try nextKey(&progress) != nil { try skip(depth: depth + 1) }
        case .array:
            var progress = try enterArray()
            while try nextElement(&progress) { try skip(depth: depth + 1) }
        case .string: _ = try string()
        case .number: try skipNumber()
        case .boolean, .null: try skipWord()
        }
    }

    /// Makes sure that nothing but white space follows.
    mutating func end() throws(JSONSyntaxError) {
        skipSpace()
        guard offset == bytes.count else {
            throw JSONSyntaxError(offset: offset, problem: "the document has ended, but more text follows")
        }
    }

    // MARK: Steps

    private mutating func advance(
        _ progress: inout Progress,
        past end: UInt8,
        orTo wanted: String
    ) throws(JSONSyntaxError) -> Bool {
        let next = try peek(wanted)
        if next == end {
            offset += 1
            return false
        }
        if progress.isFirst {
            progress.isFirst = false
            return true
        }
        guard next == UInt8(ascii: ",") else { throw unexpected("\",\" or \"\(Character(Unicode.Scalar(end)))\"") }
        offset += 1
        if try peek(wanted) == end {
            throw JSONSyntaxError(offset: offset, problem: "a comma must be followed by \(wanted)")
        }
        return true
    }

    private mutating func peek(_ wanted: String) throws(JSONSyntaxError) -> UInt8 {
        skipSpace()
        guard offset < bytes.count else {
            throw JSONSyntaxError(offset: offset, problem: "the text ends where \(wanted) is expected")
        }
        return bytes[offset]
    }

    private mutating func expect(_ byte: UInt8, _ wanted: String) throws(JSONSyntaxError) {
        guard try peek(wanted) == byte else { throw unexpected(wanted) }
        offset += 1
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private func unexpected(_ wanted: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: offset, problem: "\(wanted) is expected here")
    }
}

// MARK: - Words and numbers

extension JSONCursor {
    private mutating func skipWord() throws(JSONSyntaxError) {
        for word in ["true", "false", "null"] where bytes[offset...].starts(with: word.utf8) {
            offset += word.utf8.count
            return
        }
        throw unexpected("true, false or null")
    }

    private mutating func skipNumber() throws(JSONSyntaxError) {
        let start = offset
        if at(UInt8(ascii: "-")) { offset += 1 }
        let leadingZero = at(UInt8(ascii: "0"))
        let digits = skipDigits()
        guard digits > 0, !(leadingZero && digits > 1) else {
            throw JSONSyntaxError(offset: start, problem: "this is not a number")
        }
        if at(UInt8(ascii: ".")) {
            offset += 1
            guard skipDigits() > 0 else { throw unexpected("a digit") }
        }
        if at(UInt8(ascii: "e")) || at(UInt8(ascii: "E")) {
            offset += 1
            if at(UInt8(ascii: "+")) || at(UInt8(ascii: "-")) { offset += 1 }
            guard skipDigits() > 0 else { throw unexpected("a digit") }
        }
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
        return offset - start
    }

    private func at(_ byte: UInt8) -> Bool { offset < bytes.count && bytes[offset] == byte }
}

// MARK: - Escapes

extension JSONCursor {
    /// The rest of a string from its first escape on; `start` is its first byte.
    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var content = Array(bytes[start..<offset])
        while true {
            let plain = offset
            offset = endOfPlainRun(from: plain)
            content.append(contentsOf: bytes[plain..<offset])
            if try byteInString() == UInt8(ascii: "\"") {
                offset += 1
                return String(decoding: content, as: UTF8.self)
            }
            try appendEscape(to: &content)
        }
    }

    /// The byte that ended a plain run: a quote or a backslash.
    private func byteInString() throws(JSONSyntaxError) -> UInt8 {
        guard offset < bytes.count else {
            throw JSONSyntaxError(offset: offset, problem: "the text ends within a string")
        }
        guard bytes[offset] >= 0x20 else {
            throw JSONSyntaxError(offset: offset, problem: "a control character in a string must be escaped")
        }
        return bytes[offset]
    }

    /// The first byte from `start` on that is a quote, a backslash or a control character.
    ///
    /// Nearly all of a document passes through here, so it goes by pointer, which is quick in debug builds too.
    private func endOfPlainRun(from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return start }
            let end = buffer.count
            var index = start
            while index < end {
                let byte = base[index]
                if byte == 0x22 || byte == 0x5C || byte < 0x20 { break }
                index += 1
            }
            return index
        }
    }

    private mutating func appendEscape(to content: inout [UInt8]) throws(JSONSyntaxError) {
        let start = offset
        guard offset + 1 < bytes.count else {
            throw JSONSyntaxError(offset: offset, problem: "the text ends within a string")
        }
        let letter = bytes[offset + 1]
        offset += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "u"): content.append(contentsOf: UTF8.encode(try escapedScalar(from: start)) ?? .init())
        default: throw JSONSyntaxError(offset: start, problem: "this is not an escape that JSON knows")
        }
    }

    private mutating func escapedScalar(from start: Int) throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try codeUnit(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let halfPair = JSONSyntaxError(offset: start, problem: "this escape is half of a surrogate pair")
        guard first < 0xDC00, at(UInt8(ascii: "\\")), offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "u")
        else { throw halfPair }
        offset += 2
        let second = try codeUnit(from: start)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw halfPair }
        return scalar
    }

    private mutating func codeUnit(from start: Int) throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard offset < bytes.count, let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
                throw JSONSyntaxError(offset: start, problem: "\\u must be followed by four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }
}
