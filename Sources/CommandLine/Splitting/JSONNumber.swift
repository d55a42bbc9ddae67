// SPDX-License-Identifier: Apache-2.0

/// How far a number has been read.
enum JSONNumber: Equatable {
    case sign, zero, whole, point, fraction, exponent, exponentSign, power

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    /// The number that begins with a byte.
    init?(firstByte byte: UInt8) {
        switch byte {
        case UInt8(ascii: "-"): self = .sign
        case UInt8(ascii: "0"): self = .zero
        case Self.digits: self = .whole
        default: return nil
        }
    }

    /// How far it is after a byte; `nil` when it ended before it.
    func take(_ byte: UInt8) throws(JSONProblem) -> JSONNumber? {
        let isDigit = Self.digits.contains(byte)
        let isExponent = byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        switch self {
        case .sign:
            guard isDigit else { throw JSONProblem("this is not a number") }
            return byte == UInt8(ascii: "0") ? .zero : .whole
        case .zero, .whole:
            if isDigit, self == .zero { throw JSONProblem("this is not a number") }
            if isDigit { return .whole }
            if byte == UInt8(ascii: ".") { return .point }
            return isExponent ? .exponent : nil
        case .point:
            guard isDigit else { throw JSONProblem("a digit is expected here") }
            return .fraction
        case .fraction:
            if isDigit { return .fraction }
            return isExponent ? .exponent : nil
        case .exponent:
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return .exponentSign }
            guard isDigit else { throw JSONProblem("a digit is expected here") }
            return .power
        case .exponentSign:
            guard isDigit else { throw JSONProblem("a digit is expected here") }
            return .power
        case .power: return isDigit ? .power : nil
        }
    }
}
