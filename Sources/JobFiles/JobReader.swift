// SPDX-License-Identifier: Apache-2.0

/// Reads the jobs of a file one by one, from its beginning.
package struct JobReader {
    /// What the first object of JSON lines is.
    package enum FirstLine: Sendable {
        /// The document without its jobs.
        case head
        /// A job like all others.
        case job
    }

    private let firstLine: FirstLine
    private var splitter: JobSplitter
    private var isFirstLineDue = true
    private var held: SplitJob?

    /// How much of the file has been read, in bytes.
    package var bytesRead: Int { splitter.bytesRead }

    package init(_ file: JobFile, firstLine: FirstLine, maximumBytes: Int) {
        self.firstLine = firstLine
        splitter = JobSplitter(maximumBytes: maximumBytes) { try file.block(at: $0) }
    }

    /// What stands in the document besides its jobs, as far as it has been read.
    package var members: [SplitMember] { isJob(firstLine) ? [] : splitter.members }

    /// Whether there is a place for jobs: an array, or lines.
    package var hasJobs: Bool { splitter.hasJobs || splitter.isLines || isJob(firstLine) }

    /// Whether jobs stand one behind the other rather than in an array.
    package var isLines: Bool { splitter.isLines }

    /// The next job; nil at the end of the file.
    ///
    /// - Throws: ``BrokenJobFile`` where it is not JSON or has another shape, ``JobFileError`` when it can't be read.
    package mutating func next() throws -> SplitJob? {
        if let job = held {
            held = nil
            return job
        }
        let job = try splitter.next()
        guard isFirstLineDue else { return job }
        isFirstLineDue = false
        guard isJob(firstLine), let place = splitter.headPlace else { return job }
        held = job
        return SplitJob(text: MessageText.object(splitter.members), place: place)
    }

    private func isJob(_ line: FirstLine) -> Bool {
        line == .job && !splitter.hasJobs && splitter.headPlace != nil
    }
}
