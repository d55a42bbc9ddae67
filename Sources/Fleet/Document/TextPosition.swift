// SPDX-License-Identifier: Apache-2.0

/// A place in a text as people count: line and column from 1, a column being one Unicode scalar.
struct TextPosition: Equatable, CustomStringConvertible {
    var line = 1
    var column = 1

    /// The place of the byte at `offset`, or the end of `bytes` when there are fewer.
    init(of offset: Int, in bytes: some Collection<UInt8>) {
        for byte in bytes.prefix(max(0, offset)) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Continuation bytes belong to the scalar that the column has counted already.
                column += 1
            }
        }
    }

    /// A place already counted.
    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    var description: String { "line \(line), column \(column)" }
}
