// SPDX-License-Identifier: Apache-2.0

/// Reads a file chunk by chunk, from its beginning. The same file and the same limits make the same chunks.
struct ChunkReader {
    private(set) var jobs: JobReader
    private let limits: ChunkLimits
    private var next: SplitJob?
    /// Where the file breaks off, once that has been met.
    private var broken: BrokenJobFile?
    private var index = 0
    private var first = 0

    init(_ file: JobFile, firstLine: JobReader.FirstLine, limits: ChunkLimits) {
        jobs = JobReader(file, firstLine: firstLine, maximumBytes: limits.jobBytes)
        self.limits = limits
    }

    /// The next chunk; nil when the file has no more jobs. What stands before a break is a chunk, perhaps a short one.
    ///
    /// - Throws: as ``JobReader/next()``.
    mutating func nextChunk() throws -> Chunk? {
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
