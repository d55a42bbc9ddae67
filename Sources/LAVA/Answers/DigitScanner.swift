// SPDX-License-Identifier: Apache-2.0

/// Reads fixed-width numbers off the front of a text; a text that does not fit yields nil.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly this many digits.
    mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        var value = 0
        for byte in rest.prefix(width) {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        rest = rest.dropFirst(width)
        return value
    }

    /// The digits behind a point, brought to this many: more are cut, fewer are filled up.
    mutating func fraction(_ width: Int) -> Int? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var value = 0
        for position in 0..<width {
            let index = digits.index(digits.startIndex, offsetBy: position, limitedBy: digits.endIndex)
            let digit = index.flatMap { $0 < digits.endIndex ? Int(digits[$0] - 48) : nil } ?? 0
            value = value * 10 + digit
        }
        return value
    }

    /// The offset from UTC in seconds: `Z`, nothing at all, or `+hh:mm`.
    mutating func offset() -> Int? {
        if skip("Z") || isAtEnd { return 0 }
        let sign = skip("-") ? -1 : skip("+") ? 1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        _ = skip(":")
        guard let minutes = number(2) else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    mutating func skip(_ character: Character) -> Bool {
        guard let byte = character.asciiValue, rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }
}
