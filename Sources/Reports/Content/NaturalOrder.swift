// SPDX-License-Identifier: Apache-2.0

/// Names in the order in which a person looks for them: `case_2` before `case_10`.
struct NaturalOrder: Comparable, Hashable {
    let name: String

    init(_ name: String) { self.name = name }

    static func < (left: NaturalOrder, right: NaturalOrder) -> Bool {
        var (one, other) = (Array(left.name.utf8)[...], Array(right.name.utf8)[...])
        while let first = one.first, let second = other.first {
            if isDigit(first), isDigit(second) {
                let (a, b) = (number(&one), number(&other))
                if a.count != b.count { return a.count < b.count }
                if a != b { return a.lexicographicallyPrecedes(b) }
            } else {
                if first != second { return first < second }
                one = one.dropFirst()
                other = other.dropFirst()
            }
        }
        // `case_1` and `case_01` are in an order as well.
        guard one.isEmpty, other.isEmpty else { return one.isEmpty }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Takes the digits at the beginning, and gives those without zeros in front.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes[digits.endIndex...]
        return digits.drop { $0 == UInt8(ascii: "0") }
    }
}
