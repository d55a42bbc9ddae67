// SPDX-License-Identifier: Apache-2.0

/// A place in a text as people count: line and column from 1, a column being one Unicode scalar.
struct TextPlace: Sendable, Equatable, CustomStringConvertible {
    var line = 1
    var column = 1

    /// Moves past a byte.
    mutating func pass(_ byte: UInt8) {
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }

    var description: String { "line \(line), column \(column)" }
}
