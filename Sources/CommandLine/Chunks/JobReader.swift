// SPDX-License-Identifier: Apache-2.0

/// Reads the jobs of a file one by one, from its beginning.
struct JobReader {
    /// What the first object of JSON lines is.
    enum FirstLine: Sendable {
        /// The document without its jobs.
        case head
        /// A job like all others.
        case job
    }

    private let file: JobFile
    private let firstLine: FirstLine
    private var splitter: JobSplitter
    private var block: [UInt8] = []
    private var offset = 0
    private var isFirstLineDue = true
    private var held: SplitJob?

    /// How much of the file has been read, in bytes.
    private(set) var bytesRead = 0

    init(_ file: JobFile, firstLine: FirstLine, maximumBytes: Int) {
        self.file = file
        self.firstLine = firstLine
        splitter = JobSplitter(maximumBytes: maximumBytes)
    }

    /// What stands in the document besides its jobs, as far as it has been read.
    var members: [SplitMember] { isJob(firstLine) ? [] : splitter.members }

    /// Whether there is a place for jobs: an array, or lines.
    var hasJobs: Bool { splitter.hasJobs || splitter.isLines || isJob(firstLine) }

    /// Whether jobs stand one behind the other rather than in an array.
    var isLines: Bool { splitter.isLines }

    /// The next job; nil at the end of the file.
    ///
    /// - Throws: ``BrokenJobFile`` where it is not JSON or has another shape, ``CommandFailure`` when it can't be read.
    mutating func next() throws -> SplitJob? {
        if let job = held {
            held = nil
            return job
        }
        let job = try nextInFile()
        guard isFirstLineDue else { return job }
        isFirstLineDue = false
        guard isJob(firstLine), let place = splitter.headPlace else { return job }
        held = job
        return SplitJob(text: MessageText.object(splitter.members), place: place)
    }

    private func isJob(_ line: FirstLine) -> Bool {
        line == .job && !splitter.hasJobs && splitter.headPlace != nil
    }

    private mutating func nextInFile() throws -> SplitJob? {
        while true {
            if let job = try splitter.next(in: block, at: &offset) { return job }
            block = try file.block(at: bytesRead)
            offset = 0
            bytesRead += block.count
            guard !block.isEmpty else {
                try splitter.end()
                return nil
            }
        }
    }
}
