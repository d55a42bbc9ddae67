// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Takes a file of jobs apart as it comes in, without building it: the members of the document, and its jobs one by
/// one, each as it stands there.
///
/// Three shapes are known: a document whose `jobs` may stand before or behind its other keys, a bare array of jobs, and
/// objects one behind the other (JSON lines). Of the last, the first one is the head.
struct JobSplitter {
    /// What is being read.
    private enum Mode: Equatable {
        /// Between the objects of the file.
        case top
        /// A key of the document, and what follows it up to its colon.
        case key
        /// The value of the key `jobs` is about to begin.
        case jobsValue
        /// The value of another key.
        case member
        /// The jobs, which are elements at this depth.
        case jobs(depth: Int)
        /// Behind the jobs.
        case afterJobs
        /// A job on a line of its own.
        case line
    }

    private var automaton = JSONAutomaton()
    private var mode = Mode.top
    private(set) var place = TextPlace()
    /// How much of the byte order mark has been passed; nil once there can't be one any more.
    private var mark: Int? = 0

    private var recorded: [UInt8] = []
    private var recordedFrom = TextPlace()
    private var key: (name: String, text: [UInt8], place: TextPlace) = ("", [], TextPlace())

    /// The members of the first object, `jobs` aside, as far as they have been read.
    private(set) var members: [SplitMember] = []
    /// Where the first object begins; nil when the file begins with an array, or not at all.
    private(set) var headPlace: TextPlace?
    /// Whether there is an array of jobs, or something in its place.
    private(set) var hasJobs = false
    /// Whether jobs stand behind the first object.
    private(set) var isLines = false

    /// The longest job or value, in bytes.
    let maximumBytes: Int

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Reads on in a block, from `offset`, until a job has ended; nil when the block is used up.
    mutating func next(in block: [UInt8], at offset: inout Int) throws(BrokenJobFile) -> SplitJob? {
        while offset < block.count {
            if automaton.isInPlainText {
                let end = Self.endOfPlainRun(in: block, from: offset)
                if end > offset {
                    try record(block[offset..<end])
                    place.column += end - offset
                    offset = end
                    continue
                }
            }
            let byte = block[offset]
            if try isMark(byte) {
                offset += 1
                continue
            }
            let job = try take(byte)
            place.pass(byte)
            offset += 1
            if let job { return job }
        }
        return nil
    }

    /// Makes sure that the file may end here.
    func end() throws(BrokenJobFile) {
        do {
            try automaton.end()
        } catch {
            throw BrokenJobFile(place: place, problem: error.words)
        }
        guard headPlace != nil || hasJobs else { throw broken("there is nothing in it") }
    }

    // MARK: Bytes

    private mutating func isMark(_ byte: UInt8) throws(BrokenJobFile) -> Bool {
        guard let passed = mark else { return false }
        guard byte == Self.byteOrderMark[passed] else {
            mark = nil
            if passed > 0 { throw broken("an object is expected here") }
            return false
        }
        mark = passed + 1 < Self.byteOrderMark.count ? passed + 1 : nil
        return true
    }

    private mutating func take(_ byte: UInt8) throws(BrokenJobFile) -> SplitJob? {
        let token: JSONAutomaton.Token
        do {
            token = try automaton.take(byte)
        } catch {
            throw broken(error.words)
        }
        switch mode {
        case .top: try takeAtTop(token, byte)
        case .key: try takeInKey(token, byte)
        case .jobsValue: try takeBeforeJobs(token, byte)
        case .member: try takeInMember(token, byte)
        case .afterJobs:
            if token == .comma { mode = .key } else if token == .close { mode = .top }
        case .jobs(let depth):
            let isOver = token == .close && automaton.depth == depth - 1
            guard isOver || token == .comma && automaton.depth == depth else {
                try record(byte, token)
                return nil
            }
            if isOver { mode = depth == 1 ? .top : .afterJobs }
            return recorded.isEmpty ? nil : finishedJob()
        case .line:
            try record(byte, token)
            guard token == .close, automaton.depth == 0 else { return nil }
            mode = .top
            return finishedJob()
        }
        return nil
    }

    private mutating func takeAtTop(_ token: JSONAutomaton.Token, _ byte: UInt8) throws(BrokenJobFile) {
        guard token == .open else { return }
        let isObject = byte == UInt8(ascii: "{")
        if headPlace == nil, !hasJobs {
            if isObject { headPlace = place } else { hasJobs = true }
            mode = isObject ? .key : .jobs(depth: 1)
            return
        }
        guard !hasJobs else { throw broken("the document has ended, but more text follows") }
        guard isObject else { throw broken("a job, which is an object, is expected here") }
        isLines = true
        mode = .line
        try record(byte, token)
    }

    private mutating func takeInKey(_ token: JSONAutomaton.Token, _ byte: UInt8) throws(BrokenJobFile) {
        switch token {
        case .colon:
            let text = taken()
            let name = (try? JSONDecoder().decode(String.self, from: Data(text))) ?? ""
            key = (name, text, recordedFrom)
            guard name == "jobs" else { return mode = .member }
            guard !hasJobs else { throw BrokenJobFile(place: recordedFrom, problem: "\"jobs\" stands there once more") }
            hasJobs = true
            mode = .jobsValue
        case .close: mode = .top
        default: try record(byte, token)
        }
    }

    private mutating func takeBeforeJobs(_ token: JSONAutomaton.Token, _ byte: UInt8) throws(BrokenJobFile) {
        switch token {
        case .space: return
        case .open where byte == UInt8(ascii: "["): mode = .jobs(depth: automaton.depth)
        default:
            // No array: it is kept like any other value, for whoever says what is wrong with it.
            mode = .member
            try record(byte, token)
        }
    }

    private mutating func takeInMember(_ token: JSONAutomaton.Token, _ byte: UInt8) throws(BrokenJobFile) {
        let isOver = token == .close && automaton.depth == 0
        guard isOver || token == .comma && automaton.depth == 1 else { return try record(byte, token) }
        members.append(SplitMember(key: key.name, keyText: key.text, value: taken(), place: key.place))
        mode = isOver ? .top : .key
    }

    // MARK: What is kept

    private mutating func record(_ byte: UInt8, _ token: JSONAutomaton.Token) throws(BrokenJobFile) {
        if recorded.isEmpty {
            guard token != .space else { return }
            recordedFrom = place
        }
        recorded.append(byte)
        if recorded.count > maximumBytes { throw tooLong }
    }

    private mutating func record(_ bytes: ArraySlice<UInt8>) throws(BrokenJobFile) {
        recorded += bytes
        if recorded.count > maximumBytes { throw tooLong }
    }

    private mutating func taken() -> [UInt8] {
        while let last = recorded.last, last <= 0x20 { recorded.removeLast() }
        defer { recorded = [] }
        return recorded
    }

    private mutating func finishedJob() -> SplitJob { SplitJob(text: taken(), place: recordedFrom) }

    private var tooLong: BrokenJobFile {
        BrokenJobFile(
            place: recordedFrom,
            problem: "what begins here is longer than \(maximumBytes) bytes, which is more than one message may carry"
        )
    }

    private func broken(_ problem: String) -> BrokenJobFile { BrokenJobFile(place: place, problem: problem) }

    /// The first byte from `start` on that is more than plain ASCII in a string.
    ///
    /// Nearly all of a file passes through here, so it goes by pointer, which is quick in debug builds too.
    private static func endOfPlainRun(in block: [UInt8], from start: Int) -> Int {
        block.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return start }
            let end = buffer.count
            var index = start
            while index < end {
                let byte = base[index]
                if byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80 { break }
                index += 1
            }
            return index
        }
    }
}
