// SPDX-License-Identifier: Apache-2.0

/// How far a string has been read: escapes with their surrogates, and UTF-8 (RFC 3629), byte by byte.
struct JSONString {
    private enum State: Equatable {
        case plain
        case escape
        /// So many hexadecimal digits are still to come, after these.
        case digits(left: Int, unit: UInt32)
        /// The first half of a surrogate pair has been read; `\` comes next, then `u`.
        case secondHalf(hasBackslash: Bool)
        /// So many bytes of a scalar are still to come, the next one within these bounds.
        case scalar(left: Int, lowest: UInt8, highest: UInt8)
    }

    private var state = State.plain
    private var isSecondHalf = false

    /// Whether nothing has been begun that the next byte must go on with.
    var isPlain: Bool { state == .plain }

    /// Takes the next byte; whether it was the quote at the end.
    mutating func take(_ byte: UInt8) throws(JSONProblem) -> Bool {
        switch state {
        case .plain: return try takePlain(byte)
        case .escape:
            state = try Self.afterBackslash(byte)
        case .digits(let left, let unit):
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw JSONProblem("\\u must be followed by four hexadecimal digits")
            }
            let unit = unit << 4 | UInt32(digit)
            state = left > 1 ? .digits(left: left - 1, unit: unit) : try afterUnit(unit)
        case .secondHalf(let hasBackslash):
            guard byte == (hasBackslash ? UInt8(ascii: "u") : UInt8(ascii: "\\")) else { throw Self.halfPair }
            isSecondHalf = hasBackslash
            state = hasBackslash ? .digits(left: 4, unit: 0) : .secondHalf(hasBackslash: true)
        case .scalar(let left, let lowest, let highest):
            guard (lowest...highest).contains(byte) else { throw Self.notUTF8 }
            state = left > 1 ? .scalar(left: left - 1, lowest: 0x80, highest: 0xBF) : .plain
        }
        return false
    }

    private static let notUTF8 = JSONProblem("the text is not UTF-8 here")
    private static let halfPair = JSONProblem("this escape is half of a surrogate pair")

    private mutating func takePlain(_ byte: UInt8) throws(JSONProblem) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): return true
        case UInt8(ascii: "\\"): state = .escape
        case ..<0x20: throw JSONProblem("a control character in a string must be escaped")
        case ..<0x80: break
        // Overlong forms, surrogates and what lies beyond Unicode are told by their first two bytes.
        case 0xC2...0xDF: state = .scalar(left: 1, lowest: 0x80, highest: 0xBF)
        case 0xE0: state = .scalar(left: 2, lowest: 0xA0, highest: 0xBF)
        case 0xED: state = .scalar(left: 2, lowest: 0x80, highest: 0x9F)
        case 0xE1...0xEF: state = .scalar(left: 2, lowest: 0x80, highest: 0xBF)
        case 0xF0: state = .scalar(left: 3, lowest: 0x90, highest: 0xBF)
        case 0xF1...0xF3: state = .scalar(left: 3, lowest: 0x80, highest: 0xBF)
        case 0xF4: state = .scalar(left: 3, lowest: 0x80, highest: 0x8F)
        default: throw Self.notUTF8
        }
        return false
    }

    private static func afterBackslash(_ byte: UInt8) throws(JSONProblem) -> State {
        switch byte {
        case UInt8(ascii: "u"): return .digits(left: 4, unit: 0)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return .plain
        default: throw JSONProblem("this is not an escape that JSON knows")
        }
    }

    private mutating func afterUnit(_ unit: UInt32) throws(JSONProblem) -> State {
        let isSecond = isSecondHalf
        isSecondHalf = false
        switch unit {
        case 0xDC00...0xDFFF where isSecond: return .plain
        case _ where isSecond, 0xDC00...0xDFFF: throw Self.halfPair
        case 0xD800...0xDBFF: return .secondHalf(hasBackslash: false)
        default: return .plain
        }
    }
}
