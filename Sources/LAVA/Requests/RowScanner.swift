// SPDX-License-Identifier: Apache-2.0

/// Takes rows out of a JSON answer while it comes in, each as bytes of its own.
///
/// Nothing of an answer is kept but the row that is just coming: however large the answer, memory is that of one row, and
/// a lab that sends more rows than it was asked for is not listened to any longer. A text within a row is cut where it
/// is longer than anybody needs; a row that is too large all the same is skipped. What is wrong with a row shows when it
/// is decoded, so a row that makes no sense costs no other.
///
/// It is not the fleet's `JSONCursor`: that one validates, and reads a value again when its end has not arrived yet. An
/// answer arrives once, and a text in it may be larger than memory.
struct RowScanner {
    /// What an answer is.
    enum Shape {
        /// A page of a list: an object with `results`, an array of rows.
        case list
        /// One row.
        case row
    }

    /// How much of an answer is taken.
    struct Limits: Sendable {
        /// The most rows: as many as were asked for.
        var rows: Int
        /// The largest row that is kept, in bytes.
        var rowBytes = 4 * 1024 * 1024
        /// The most of one text that is kept, in bytes as they come.
        var textBytes = 1024 * 1024
        /// After so many bytes of rows no more are taken.
        var pageBytes = Int.max
    }

    /// The answer is not what it should be.
    enum Failure: Error {
        case notJSON
        case noResults
    }

    /// The most that may be nested; a row of LAVA's has two levels.
    private static let maximumDepth = 64

    private let shape: Shape
    private let limits: Limits

    /// `count` of a page, as it stands there.
    private(set) var count: [UInt8] = []
    /// Whether the page says that there is a next one.
    private(set) var hasNext = false
    /// Whether there were more rows than are taken.
    private(set) var isCut = false
    /// How many rows came, those that were skipped among them.
    private(set) var rowCount = 0
    private var keptBytes = 0

    private var depth = 0
    private var isComplete = false
    private var hasResults = false
    private var isInResults = false
    /// The key of the page that was read last, and whether its value comes.
    private var key: [UInt8] = []
    private var isValue = false

    private var isInRow = false
    private var row: [UInt8] = []
    private var isRowTooLarge = false

    private var isInText = false
    private var isEscaped = false
    private var textBytes = 0
    /// How many bytes of an escape are still to come, behind its second.
    private var escapeBytes = 0
    private var isTextCut = false

    init(_ shape: Shape, _ limits: Limits) {
        self.shape = shape
        self.limits = limits
    }

    /// Whether all is read that is wanted.
    var isDone: Bool { isComplete || isCut }

    /// Stops where the answer has become too large, if it has brought any row.
    mutating func cut() -> Bool {
        guard shape == .list, rowCount > 0 else { return false }
        isCut = true
        return true
    }

    /// To be called when no more comes.
    func finish() throws(Failure) {
        guard !isCut else { return }
        guard isComplete else { throw .notJSON }
        guard shape == .row || hasResults else { throw .noResults }
    }

    /// Reads a piece of the answer.
    ///
    /// - Parameter take: Gets each row as it is complete; nil for one that is too large.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: ([UInt8]?) -> Void) throws(Failure) {
        var index = 0
        while index < bytes.count, !isDone {
            if isInText {
                index = readText(bytes, from: index)
                if !isInText, isInRow, depth == rowDepth { endRow(take) }
            } else {
                try readByte(bytes[index], take)
                index += 1
            }
        }
    }

    /// How deep the rows stand.
    private var rowDepth: Int { shape == .list ? 2 : 0 }

    private mutating func readByte(_ byte: UInt8, _ take: ([UInt8]?) -> Void) throws(Failure) {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): keep(byte)
        case UInt8(ascii: "\""):
            try beginValue(byte)
            guard !isDone else { return }
            if depth == 1, shape == .list {
                if isValue { hasNext = hasNext || isKey("next") } else { key = [] }
            }
            keep(byte)
            (isInText, isEscaped, textBytes, escapeBytes, isTextCut) = (true, false, 0, 0, false)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try beginValue(byte)
            guard !isDone else { return }
            guard depth < Self.maximumDepth else { throw .notJSON }
            keep(byte)
            depth += 1
            if depth == 2, !isInRow, isValue, byte == UInt8(ascii: "["), isKey("results") {
                (isInResults, hasResults) = (true, true)
            }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if isInRow, depth == rowDepth { endRow(take) }
            guard depth > 0 else { throw .notJSON }
            keep(byte)
            depth -= 1
            if isInRow, depth == rowDepth { endRow(take) }
            if depth == 1, !isInRow { isInResults = false }
            if depth == 0 { isComplete = true }
        case UInt8(ascii: ","):
            if isInRow, depth == rowDepth { endRow(take) } else { keep(byte) }
            if depth == 1, !isInRow { isValue = false }
        case UInt8(ascii: ":"):
            keep(byte)
            if depth == 1, !isInRow { isValue = true }
        default:
            try beginValue(byte)
            guard !isDone else { return }
            keep(byte)
            if depth == 1, !isInRow, isValue, isKey("count"), count.count < 64 { count.append(byte) }
        }
    }

    private func isKey(_ name: StaticString) -> Bool {
        name.withUTF8Buffer { key.elementsEqual($0) }
    }

    /// Something begins where it may be a row.
    private mutating func beginValue(_ byte: UInt8) throws(Failure) {
        guard !isInRow else { return }
        if shape == .list {
            // A page is an object.
            guard depth > 0 || byte == UInt8(ascii: "{") else { throw .notJSON }
            guard isInResults, depth == rowDepth else { return }
            guard rowCount < limits.rows, keptBytes < limits.pageBytes else {
                isCut = true
                return
            }
        }
        isInRow = true
        (row, isRowTooLarge) = ([], false)
    }

    private mutating func endRow(_ take: ([UInt8]?) -> Void) {
        isInRow = false
        rowCount += 1
        keptBytes += row.count
        take(isRowTooLarge ? nil : row)
        row = []
        if shape == .row { isComplete = true }
    }

    private mutating func keep(_ byte: UInt8) {
        guard isInRow, !isRowTooLarge else { return }
        row.append(byte)
        limitRow()
    }

    private mutating func limitRow() {
        guard row.count > limits.rowBytes else { return }
        (row, isRowTooLarge) = ([], true)
    }
}

extension RowScanner {
    /// Reads on within a text.
    ///
    /// - Returns: where to go on.
    private mutating func readText(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if isEscaped {
                isEscaped = false
                escapeBytes = 1
                keepOfText(bytes, index..<index + 1)
                escapeBytes = byte == UInt8(ascii: "u") ? 4 : 0
                index += 1
            } else if byte == UInt8(ascii: "\"") {
                isInText = false
                keep(byte)
                return index + 1
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                if !isTextCut {
                    keep(byte)
                    textBytes += 1
                }
                index += 1
            } else {
                var end = index + 1
                while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
                keepOfText(bytes, index..<end)
                index = end
            }
        }
        return index
    }

    /// Keeps a stretch of a text, up to the first place behind the limit that is within no character and no escape.
    private mutating func keepOfText(_ bytes: UnsafeRawBufferPointer, _ stretch: Range<Int>) {
        guard isInRow else {
            if depth == 1, shape == .list, !isValue, key.count < 64 { key += bytes[stretch].prefix(64) }
            return
        }
        guard !isTextCut, !isRowTooLarge else { return }
        var end = stretch.upperBound
        if textBytes + stretch.count > limits.textBytes {
            end = stretch.lowerBound + max(0, limits.textBytes - textBytes, escapeBytes)
            while end < stretch.upperBound, bytes[end] & 0xC0 == 0x80 { end += 1 }
            isTextCut = end < stretch.upperBound
            end = min(end, stretch.upperBound)
        }
        row += bytes[stretch.lowerBound..<end]
        textBytes += end - stretch.lowerBound
        escapeBytes = max(0, escapeBytes - stretch.count)
        limitRow()
    }
}
