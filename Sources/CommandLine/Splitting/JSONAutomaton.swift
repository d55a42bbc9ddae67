// SPDX-License-Identifier: Apache-2.0

/// Follows JSON (RFC 8259) byte by byte, however the text is cut into blocks, and says where it stops being JSON.
///
/// It keeps its place and nothing else: a file of any size passes through it. At depth 0 it takes objects and arrays,
/// one behind the other: a document is one of them, JSON lines are many.
struct JSONAutomaton {
    /// What a byte is for those who split.
    enum Token: Equatable {
        /// White space between tokens.
        case space
        /// A part of a string, a number or a word.
        case content
        /// `{` or `[`; the depth has grown by it.
        case open
        /// `}` or `]`; the depth has shrunk by it.
        case close
        /// `,` between members or elements.
        case comma
        /// `:` behind a key.
        case colon
    }

    /// What may come next.
    enum State: Equatable {
        case value, elementOrEnd, keyOrEnd, key, colon, next
        case string(isKey: Bool)
        case word(JSONWord, Int)
        case number(JSONNumber)
    }

    /// How deep values may be nested.
    static let maximumDepth = 64

    private(set) var state = State.value
    private var text = JSONString()
    /// What is open: objects are true.
    private var open: [Bool] = []

    /// How many objects and arrays are open.
    var depth: Int { open.count }

    /// Whether the next byte stands in a string, and plainly.
    var isInPlainText: Bool {
        if case .string = state { text.isPlain } else { false }
    }

    /// Takes the next byte.
    mutating func take(_ byte: UInt8) throws(JSONProblem) -> Token {
        switch state {
        case .string(let isKey):
            if try text.take(byte) { state = isKey ? .colon : .next }
            return .content
        case .word(let word, let index):
            state = try word.take(byte, at: index) ? .next : .word(word, index + 1)
            return .content
        case .number(let number):
            if let next = try number.take(byte) {
                state = .number(next)
                return .content
            }
            state = .next
            return try take(byte)
        default: return try takeBetween(byte)
        }
    }

    /// Makes sure that the text may end here.
    func end() throws(JSONProblem) {
        guard depth > 0 else { return }
        if case .string = state { throw JSONProblem("the text ends within a string") }
        throw JSONProblem("the text ends within \(open.last == true ? "an object" : "an array")")
    }

    private mutating func takeBetween(_ byte: UInt8) throws(JSONProblem) -> Token {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return .space
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return try close(isObject: byte == UInt8(ascii: "}"))
        default: break
        }
        switch state {
        case .key, .keyOrEnd:
            guard byte == UInt8(ascii: "\"") else { throw JSONProblem("a key in double quotes is expected here") }
            state = .string(isKey: true)
            text = JSONString()
            return .content
        case .colon:
            guard byte == UInt8(ascii: ":") else { throw JSONProblem("\":\" after a key is expected here") }
            state = .value
            return .colon
        case .next:
            let end = open.last == true ? "}" : "]"
            guard byte == UInt8(ascii: ",") else { throw JSONProblem("\",\" or \"\(end)\" is expected here") }
            state = open.last == true ? .key : .value
            return .comma
        default: return try begin(byte)
        }
    }

    private mutating func begin(_ byte: UInt8) throws(JSONProblem) -> Token {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.maximumDepth else {
                throw JSONProblem("values are nested more than \(Self.maximumDepth) deep")
            }
            let isObject = byte == UInt8(ascii: "{")
            open.append(isObject)
            state = isObject ? .keyOrEnd : .elementOrEnd
            return .open
        case _ where depth == 0: throw JSONProblem("an object is expected here")
        case UInt8(ascii: "\""):
            state = .string(isKey: false)
            text = JSONString()
        default:
            if let word = JSONWord(firstByte: byte) {
                state = .word(word, 1)
            } else if let number = JSONNumber(firstByte: byte) {
                state = .number(number)
            } else {
                throw JSONProblem("a value is expected here")
            }
        }
        return .content
    }

    private mutating func close(isObject: Bool) throws(JSONProblem) -> Token {
        switch (state, open.last) {
        case (.keyOrEnd, true?) where isObject, (.elementOrEnd, false?) where !isObject: break
        case (.next, let last?) where last == isObject: break
        case (.next, let last?): throw JSONProblem("\",\" or \"\(last ? "}" : "]")\" is expected here")
        case (.key, _): throw JSONProblem("a comma must be followed by a key in double quotes")
        case (.keyOrEnd, _): throw JSONProblem("a key in double quotes is expected here")
        case (.colon, _): throw JSONProblem("\":\" after a key is expected here")
        case (_, nil): throw JSONProblem("an object is expected here")
        case (.value, false?): throw JSONProblem("a comma must be followed by an element")
        default: throw JSONProblem("a value is expected here")
        }
        open.removeLast()
        state = open.isEmpty ? .value : .next
        return .close
    }
}
