// SPDX-License-Identifier: Apache-2.0

import Crypto

/// Jobs of a file that are sent in one message.
struct Chunk: Sendable, Equatable {
    /// Which of the file's chunks it is, from 0.
    let index: Int
    /// The place of its first job in the file, from 0.
    let first: Int
    /// The jobs as they stand there, with commas between them.
    var jobs: [UInt8] = []
    /// The line of each job.
    var lines: [Int] = []

    /// How many jobs it has.
    var count: Int { lines.count }

    /// 32 bytes of SHA-256 over its jobs.
    var digest: [UInt8] { Array(SHA256.hash(data: jobs)) }

    init(index: Int, first: Int) {
        self.index = index
        self.first = first
    }

    /// Whether a job finds room in it; the first always does.
    func hasRoom(for job: SplitJob, _ limits: ChunkLimits) -> Bool {
        lines.isEmpty || lines.count < limits.jobs && jobs.count + 1 + job.text.count <= limits.bytes
    }

    /// Puts a job behind the others.
    mutating func append(_ job: SplitJob) {
        if !lines.isEmpty { jobs.append(UInt8(ascii: ",")) }
        jobs += job.text
        lines.append(job.place.line)
    }
}
