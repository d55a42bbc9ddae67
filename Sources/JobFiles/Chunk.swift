// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Fleet
import Foundation
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

/// How much of a large file one message carries.
package struct ChunkLimits: Sendable, Equatable {
    /// So many jobs at most.
    package let jobs: Int
    /// So many bytes of jobs at most, unless a single job has more.
    package let bytes: Int
    /// The most that any message may have, in bytes.
    package let messageBytes: Int

    /// The most jobs in a message unless somebody asks for another number.
    package static let usualJobs = 10_000
    /// The most bytes in a message.
    package static let usualBytes = 8 << 20
    /// What a message has besides its jobs, at most, in bytes.
    package static let frameBytes = 256
    /// The most messages that one file is sent in.
    package static let maximumChunks = 100_000

    /// Limits from parts that are known to be right.
    package init(jobs: Int, bytes: Int, messageBytes: Int = 64 << 20) {
        self.jobs = jobs
        self.bytes = bytes
        self.messageBytes = messageBytes
    }

    /// Limits well within those of ingest: a quarter of what it takes at most, so that several may be in hand there.
    package init(_ limits: DocumentLimits, wantedJobs: Int? = nil) {
        jobs = min(wantedJobs ?? min(Self.usualJobs, max(1, limits.maximumJobs / 4)), limits.maximumJobs)
        bytes = min(Self.usualBytes, max(1, limits.maximumDocumentBytes / 4))
        messageBytes = limits.maximumDocumentBytes
    }

    /// The longest single job, in bytes.
    package var jobBytes: Int { max(1, messageBytes - Self.frameBytes) }
}

/// What is known of a chunk before it is read again to be sent.
package struct PlannedChunk: Sendable, Equatable {
    /// Which of the file's chunks it is, from 0.
    package let index: Int
    /// The place of its first job in the file, from 0.
    package let first: Int
    /// How many jobs it has.
    package let count: Int
    /// 32 bytes of SHA-256 over its jobs.
    package let digest: [UInt8]

    /// Whether this is what was planned: the file may have been changed since.
    package func isSame(as chunk: Chunk) -> Bool {
        index == chunk.index && first == chunk.first && count == chunk.count && digest == chunk.digest
    }
}

/// A whole file as it will be sent, once it has been read through and nothing was found wrong.
package struct ChunkPlan: Sendable, Equatable {
    /// What stands in the document besides its jobs.
    package let members: [SplitMember]
    /// What is sent, in this order.
    package let chunks: [PlannedChunk]
    /// 32 bytes of SHA-256 over all jobs, in whatever chunks they go.
    package let digest: [UInt8]

    /// A file with nothing in it.
    package static let nothing = ChunkPlan(members: [], chunks: [], digest: [])

    /// How many jobs the file has.
    package var total: Int { chunks.last.map { $0.first + $0.count } ?? 0 }

    /// What its jobs test.
    package var build: Build? {
        members.first { $0.key == "build" }
            .flatMap { try? JSONDecoder().decode(String.self, from: Data($0.value)) }
            .flatMap { Build($0) }
    }

    /// Whether the file itself says that its jobset stays open.
    package var isOpen: Bool { members.contains { $0.key == "open" && $0.value.elementsEqual("true".utf8) } }
}
