// SPDX-License-Identifier: Apache-2.0

/// Reads JSON (RFC 8259) value by value from bytes known to be UTF-8.
///
/// A decoder would build the whole document before anyone looks at it, hide keys that stand there twice, and say
/// where it stumbled only in prose. The cursor keeps nothing but its place: what is read is handed over, what is
/// skipped costs no memory, and every error has its byte.
///
/// It is the only JSON scanner of the fleet. A text that is too large for memory is read a window at a time: an error
/// that leaves the cursor at the end of its bytes may be due to the window, so the value is read again, from a copy
/// of the cursor, once there are more bytes (``continue(with:)``).
package struct JSONCursor {
    /// What a value is, seen from its first byte.
    package enum Kind: String {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case number = "a number"
        case boolean = "a boolean"
        case null
    }

    /// The place among the members of one object or the elements of one array.
    package struct Progress {
        fileprivate enum Stage {
            case first, afterValue, afterComma
        }

        fileprivate var stage = Stage.first

        /// The place before the first one.
        package init() {}
    }

    /// How deep objects and arrays that are skipped may be nested.
    static let maximumDepth = 64

    package private(set) var bytes: [UInt8]
    /// The byte that comes next. After an error it is the first byte that could not stand there, or the end of the
    /// text; the error itself tells where the token begins.
    package private(set) var offset: Int
    /// What the cursor is inside of: a string, an object or an array; `nil` before the first of them.
    package private(set) var container: Kind?

    /// A cursor that begins at `offset`.
    package init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Goes on in other bytes: those from ``offset`` on, and more behind them.
    package mutating func `continue`(with bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
    }

    // MARK: Values

    /// What the next value is.
    package mutating func kind() throws(JSONSyntaxError) -> Kind {
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
    package mutating func number() throws(JSONSyntaxError) -> Substring {
        guard try kind() == .number else { throw unexpected("a number") }
        let start = offset
        try skipNumber()
        return Substring(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Reads `true` or `false`.
    package mutating func boolean() throws(JSONSyntaxError) -> Bool {
        guard try kind() == .boolean else { throw unexpected("true or false") }
        let isTrue = bytes[offset] == UInt8(ascii: "t")
        try skipWord()
        return isTrue
    }

    /// Reads a string.
    package mutating func string() throws(JSONSyntaxError) -> String {
        try expect(UInt8(ascii: "\""), "a string")
        let start = offset
        container = .string
        try passPlainRun()
        // Most strings have no escape and are taken as they stand there.
        guard bytes[offset] != UInt8(ascii: "\"") else {
            offset += 1
            return String(decoding: bytes[start..<(offset - 1)], as: UTF8.self)
        }
        var content = Array(bytes[start..<offset])
        while bytes[offset] != UInt8(ascii: "\"") {
            content.append(contentsOf: UTF8.encode(try escape()) ?? .init())
            let plain = offset
            try passPlainRun()
            content.append(contentsOf: bytes[plain..<offset])
        }
        offset += 1
        return String(decoding: content, as: UTF8.self)
    }

    /// Enters an object; ask for ``nextKey(_:)`` until there is none.
    package mutating func enterObject() throws(JSONSyntaxError) -> Progress {
        try expect(UInt8(ascii: "{"), "an object")
        container = .object
        return Progress()
    }

    /// The next key of an object, whose value must be read or skipped next; `nil` at its end.
    package mutating func nextKey(_ progress: inout Progress) throws(JSONSyntaxError) -> String? {
        try nextMember(&progress) ? try key() : nil
    }

    /// Whether an object has another member, whose key must be read next.
    ///
    /// It may be asked again after an error at the end of a window.
    package mutating func nextMember(_ progress: inout Progress) throws(JSONSyntaxError) -> Bool {
        try advance(&progress, in: .object, past: UInt8(ascii: "}"), orTo: "a key in double quotes")
    }

    /// Reads the key of a member and the colon behind it.
    package mutating func key() throws(JSONSyntaxError) -> String {
        guard try peek("a key in double quotes") == UInt8(ascii: "\"") else {
            throw unexpected("a key in double quotes")
        }
        let key = try string()
        container = .object
        try expect(UInt8(ascii: ":"), "\":\" after a key")
        return key
    }

    /// Enters an array; ask for ``nextElement(_:)`` until there is none.
    package mutating func enterArray() throws(JSONSyntaxError) -> Progress {
        try expect(UInt8(ascii: "["), "an array")
        container = .array
        return Progress()
    }

    /// Whether an array has another element, which must be read or skipped next.
    ///
    /// It may be asked again after an error at the end of a window.
    package mutating func nextElement(_ progress: inout Progress) throws(JSONSyntaxError) -> Bool {
        try advance(&progress, in: .array, past: UInt8(ascii: "]"), orTo: "an element")
    }

    /// Skips one value of any kind, which stands inside of `depth` others.
    package mutating func skip(depth: Int = 0) throws(JSONSyntaxError) {
        let kind = try kind()
        guard depth < Self.maximumDepth || kind != .object && kind != .array else {
            throw JSONSyntaxError(offset: offset, problem: "values are nested more than \(Self.maximumDepth) deep")
        }
        switch kind {
        case .object:
            var progress = try enterObject()
            while try nextKey(&progress) != nil { try skip(depth: depth + 1) }
        case .array:
            var progress = try enterArray()
            while try nextElement(&progress) { try skip(depth: depth + 1) }
        case .string: try skipString()
        case .number: try skipNumber()
        case .boolean, .null: try skipWord()
        }
    }

    /// Passes white space; whether nothing follows it.
    package mutating func isAtEnd() -> Bool {
        skipSpace()
        return offset == bytes.count
    }

    /// Makes sure that nothing but white space follows.
    package mutating func end() throws(JSONSyntaxError) {
        guard isAtEnd() else {
            throw JSONSyntaxError(offset: offset, problem: "the document has ended, but more text follows")
        }
    }

    // MARK: Steps

    private mutating func advance(
        _ progress: inout Progress,
        in container: Kind,
        past end: UInt8,
        orTo wanted: String
    ) throws(JSONSyntaxError) -> Bool {
        self.container = container
        if progress.stage == .afterValue {
            let next = try peek(wanted)
            guard next == UInt8(ascii: ",") || next == end else {
                throw unexpected("\",\" or \"\(Character(Unicode.Scalar(end)))\"")
            }
            offset += 1
            if next == end { return false }
            progress.stage = .afterComma
        }
        if try peek(wanted) == end {
            guard progress.stage == .first else {
                throw JSONSyntaxError(offset: offset, problem: "a comma must be followed by \(wanted)")
            }
            offset += 1
            return false
        }
        progress.stage = .afterValue
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
        let start = offset
        let word =
            switch bytes[offset] {
            case UInt8(ascii: "t"): "true"
            case UInt8(ascii: "f"): "false"
            default: "null"
            }
        for letter in word.utf8 {
            guard at(letter) else {
                throw JSONSyntaxError(offset: start, problem: "true, false or null is expected here")
            }
            offset += 1
        }
    }

    private mutating func skipNumber() throws(JSONSyntaxError) {
        let start = offset
        let notNumber = JSONSyntaxError(offset: start, problem: "this is not a number")
        if at(UInt8(ascii: "-")) { offset += 1 }
        if at(UInt8(ascii: "0")) {
            offset += 1
            if isAtDigit { throw notNumber }
        } else if skipDigits() == 0 {
            throw notNumber
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
        while isAtDigit { offset += 1 }
        return offset - start
    }

    private var isAtDigit: Bool {
        offset < bytes.count && bytes[offset] >= UInt8(ascii: "0") && bytes[offset] <= UInt8(ascii: "9")
    }

    private func at(_ byte: UInt8) -> Bool { offset < bytes.count && bytes[offset] == byte }
}

// MARK: - Inside of strings

extension JSONCursor {
    private mutating func skipString() throws(JSONSyntaxError) {
        try expect(UInt8(ascii: "\""), "a string")
        container = .string
        try passPlainRun()
        while bytes[offset] != UInt8(ascii: "\"") {
            _ = try escape()
            try passPlainRun()
        }
        offset += 1
    }

    /// Goes on to the next quote or backslash.
    ///
    /// Nearly all of a document passes through here, so it goes by pointer, which is quick in debug builds too.
    private mutating func passPlainRun() throws(JSONSyntaxError) {
        offset = bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return offset }
            let end = buffer.count
            var index = offset
            while index < end {
                let byte = base[index]
                if byte == 0x22 || byte == 0x5C || byte < 0x20 { break }
                index += 1
            }
            return index
        }
        guard offset < bytes.count else {
            throw JSONSyntaxError(offset: offset, problem: "the text ends within a string")
        }
        guard bytes[offset] >= 0x20 else {
            throw JSONSyntaxError(offset: offset, problem: "a control character in a string must be escaped")
        }
    }

    /// Reads an escape, which begins with the backslash that comes next.
    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard offset < bytes.count else {
            throw JSONSyntaxError(offset: start, problem: "the text ends within a string")
        }
        let letter = bytes[offset]
        let scalar: Unicode.Scalar
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = Unicode.Scalar(letter)
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "u"):
            offset += 1
            return try escapedScalar(from: start)
        default: throw JSONSyntaxError(offset: start, problem: "this is not an escape that JSON knows")
        }
        offset += 1
        return scalar
    }

    private mutating func escapedScalar(from start: Int) throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try codeUnit(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let halfPair = JSONSyntaxError(offset: start, problem: "this escape is half of a surrogate pair")
        if first < 0xDC00 {
            for byte in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
                guard at(byte) else { throw halfPair }
                offset += 1
            }
            let second = try codeUnit(from: start)
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        // The last digit is what could not stand there.
        offset -= 1
        throw halfPair
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

/// Why a text is not JSON, and at which byte.
package struct JSONSyntaxError: Error, Equatable {
    package let offset: Int
    package let problem: String
}
