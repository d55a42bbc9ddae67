// SPDX-License-Identifier: Apache-2.0

/// A place in a text as people count: line and column from 1, a column being one Unicode scalar.
public struct TextPosition: Sendable, Equatable, CustomStringConvertible {
    /// The line, from 1.
    public var line = 1
    /// The column, from 1.
    public var column = 1

    /// The place of the byte at `offset`, or the end of `bytes` when there are fewer.
    public init(of offset: Int, in bytes: some Collection<UInt8>) {
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
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Such as `line 2, column 7`.
    public var description: String { "line \(line), column \(column)" }
}
