// SPDX-License-Identifier: Apache-2.0

/// A place in a text as people count: line and column from 1, a column being one Unicode scalar.
package struct TextPosition: Sendable, Equatable, CustomStringConvertible {
    /// The line, from 1.
    package var line = 1
    /// The column, from 1.
    package var column = 1

    /// The place of the byte at `offset`, or the end of `bytes` when there are fewer.
    package init(of offset: Int, in bytes: some Collection<UInt8>) {
        pass(bytes.prefix(max(0, offset)))
    }

    /// The beginning of a text.
    package init() {}

    /// A place already counted.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Moves past a part of the text, which may end within a scalar.
    package mutating func pass(_ bytes: some Collection<UInt8>) {
        // By pointer, which is quick in debug builds too; nearly all collections have one.
        let isPassed: Void? = bytes.withContiguousStorageIfAvailable { count($0) }
        if isPassed == nil { Array(bytes).withUnsafeBufferPointer { count($0) } }
    }

    private mutating func count(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        let end = bytes.count
        var index = 0
        while index < end {
            let byte = base[index]
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Continuation bytes belong to the scalar that the column has counted already.
                column += 1
            }
            index += 1
        }
    }

    /// Such as `line 2, column 7`.
    package var description: String { "line \(line), column \(column)" }
}
