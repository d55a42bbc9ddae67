// SPDX-License-Identifier: Apache-2.0

import Fleet
import YAML

/// The part of a text that is being read. It moves through a text of any size, and is as large as the longest value
/// in it, or a block.
///
/// The cursor sees only whole scalars of UTF-8. When it reaches the end of the window while the text goes on, the
/// window gets more of it and at least doubles, so what is read again costs no more than what is read once.
struct TextWindow {
    private enum Ending {
        /// There may be more of the text.
        case open
        /// Nothing follows.
        case text
        /// What follows is not UTF-8.
        case notUTF8
    }

    private var cursor = JSONCursor([])
    /// How much of the text has been read, in bytes.
    private(set) var bytesRead = 0
    /// How large the window is, in bytes: at most twice the longest value and a block.
    var heldBytes: Int { cursor.bytes.count }

    private let block: (_ offset: Int) throws -> [UInt8]
    private var ending = Ending.open
    /// The beginning of a scalar whose other bytes have not been read yet.
    private var cutScalar: [UInt8] = []

    /// The place of the byte that `counted` stands for.
    private var position = TextPosition()
    /// How many bytes of the window `position` has passed.
    private var counted = 0

    /// The longest value, in bytes.
    let maximumBytes: Int

    /// A window at the beginning of a text.
    ///
    /// - Parameter block: Gives bytes of the text from an offset on, as many as it likes; none at the end.
    init(maximumBytes: Int, block: @escaping (_ offset: Int) throws -> [UInt8]) {
        self.maximumBytes = maximumBytes
        self.block = block
    }

    // MARK: Reading

    /// The next byte behind white space; nil at the end of the text. A byte order mark is no part of the text.
    mutating func peek() throws -> UInt8? {
        while cursor.isAtEnd() {
            guard ending == .open else {
                if ending == .notUTF8 { throw broken("the text is not UTF-8 here") }
                return nil
            }
            try grow()
        }
        return cursor.bytes[cursor.offset]
    }

    /// Takes a step that may pass any amount of white space. It is taken again when the window has ended.
    mutating func step<Value>(_ step: (inout JSONCursor) throws(JSONSyntaxError) -> Value) throws -> Value {
        while true {
            do {
                return try step(&cursor)
            } catch {
                guard isAtOpenEnd(cursor) else { throw broken(error, at: cursor) }
                try grow()
            }
        }
    }

    /// Reads a value from its first byte, which the cursor is at. It is begun again when the window has ended.
    mutating func value<Value>(_ read: (inout JSONCursor) throws(JSONSyntaxError) -> Value) throws -> (
        Value, text: ArraySlice<UInt8>, place: TextPosition
    ) {
        let place = self.place
        while true {
            var attempt = cursor
            let result = Result { () throws(JSONSyntaxError) in try read(&attempt) }
            let text = cursor.bytes[cursor.offset..<attempt.offset]
            guard text.count <= maximumBytes else {
                let problem =
                    "what begins here is longer than \(maximumBytes) bytes, which is more than one message may carry"
                throw BrokenJobFile(place: place, problem: problem)
            }
            // Even a value that has been read may go on behind the window: a number has no end of its own.
            guard isAtOpenEnd(attempt) else {
                switch result {
                case .success(let value):
                    cursor = attempt
                    return (value, text, place)
                case .failure(let error): throw broken(error, at: attempt)
                }
            }
            try grow()
        }
    }

    private func isAtOpenEnd(_ cursor: JSONCursor) -> Bool {
        cursor.offset == cursor.bytes.count && ending == .open
    }

    // MARK: Faults

    /// A fault at the byte that comes next.
    mutating func broken(_ problem: String) -> BrokenJobFile { BrokenJobFile(place: place, problem: problem) }

    private mutating func broken(_ error: JSONSyntaxError, at stumble: JSONCursor) -> BrokenJobFile {
        var problem = error.problem
        if stumble.offset == stumble.bytes.count {
            problem =
                ending == .notUTF8
                ? "the text is not UTF-8 here"
                : stumble.container.map { "the text ends within \($0.rawValue)" } ?? problem
        }
        return BrokenJobFile(place: place(of: stumble.offset), problem: problem)
    }

    /// The place of the byte that comes next.
    var place: TextPosition {
        mutating get { place(of: cursor.offset) }
    }

    /// The place of a byte of the window, none before the last one that was asked for.
    private mutating func place(of offset: Int) -> TextPosition {
        position.pass(cursor.bytes[counted..<max(counted, offset)])
        counted = max(counted, offset)
        return position
    }

    // MARK: Moving

    /// Leaves what the cursor has passed, and takes in more of the text.
    private mutating func grow() throws {
        let isBeginning = bytesRead == 0
        _ = place
        var bytes = Array(cursor.bytes[cursor.offset...])
        counted -= cursor.offset
        let wanted = bytes.count * 2
        repeat { try append(to: &bytes) } while ending == .open && (bytes.count < wanted || bytes.isEmpty)
        cursor.continue(with: bytes)
        guard isBeginning else { return }
        cursor = JSONCursor(bytes, from: ByteOrderMark.count(before: bytes))
        counted = cursor.offset
    }

    private mutating func append(to bytes: inout [UInt8]) throws {
        let more = try block(bytesRead)
        bytesRead += more.count
        let text = cutScalar + more
        cutScalar = []
        if more.isEmpty { ending = .text }
        do {
            _ = try UTF8Span(validating: text.span)
            bytes += text
        } catch {
            bytes += text[..<error.byteOffsets.lowerBound]
            if error.kind == .truncatedScalar, error.byteOffsets.upperBound == text.count, !more.isEmpty {
                cutScalar = Array(text[error.byteOffsets.lowerBound...])
            } else {
                ending = .notUTF8
            }
        }
    }
}
