// SPDX-License-Identifier: Apache-2.0

import Crypto
import YAML

/// Jobs of a file that are sent in one message.
package struct Chunk: Sendable, Equatable {
    /// Which of the file's chunks it is, from 0.
    package let index: Int
    /// The place of its first job in the file, from 0.
    package let first: Int
    /// The jobs as they stand there, with commas between them.
    package var jobs: [UInt8] = []
    /// The line of each job.
    package var lines: [Int] = []

    /// How many jobs it has.
    package var count: Int { lines.count }

    /// 32 bytes of SHA-256 over its jobs.
    package var digest: [UInt8] { Array(SHA256.hash(data: jobs)) }

    package init(index: Int, first: Int) {
        self.index = index
        self.first = first
    }

    /// Whether a job finds room in it; the first always does.
    package func hasRoom(for job: SplitJob, _ limits: ChunkLimits) -> Bool {
        lines.isEmpty || lines.count < limits.jobs && jobs.count + 1 + job.text.count <= limits.bytes
    }

    /// Puts a job behind the others.
    package mutating func append(_ job: SplitJob) {
        if !lines.isEmpty { jobs.append(UInt8(ascii: ",")) }
        jobs += job.text
        lines.append(job.place.line)
    }
}

/// Reads a file chunk by chunk, from its beginning. The same file and the same limits make the same chunks.
package struct ChunkReader {
    package private(set) var jobs: JobReader
    private let limits: ChunkLimits
    private var next: SplitJob?
    /// Where the file breaks off, once that has been met.
    private var broken: BrokenJobFile?
    private var index = 0
    private var first = 0

    package init(_ file: JobFile, firstLine: JobReader.FirstLine, limits: ChunkLimits) {
        jobs = JobReader(file, firstLine: firstLine, maximumBytes: limits.jobBytes)
        self.limits = limits
    }

    /// The next chunk; nil when the file has no more jobs. What stands before a break is a chunk, perhaps a short one.
    ///
    /// - Throws: as ``JobReader/next()``.
    package mutating func nextChunk() throws -> Chunk? {
        var chunk = Chunk(index: index, first: first)
        if next == nil { try readNext() }
        while let job = next, chunk.hasRoom(for: job, limits) {
            chunk.append(job)
            try readNext()
        }
        guard chunk.count > 0 else {
            if let broken { throw broken }
            return nil
        }
        index += 1
        first += chunk.count
        return chunk
    }

    private mutating func readNext() throws {
        next = nil
        guard broken == nil else { return }
        do {
            next = try jobs.next()
        } catch let broken as BrokenJobFile {
            self.broken = broken
        }
    }
}
