// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Fleet
import YAML

/// Reads a file through before anything of it is sent: what is wrong with it is told whole, and what will be sent is
/// planned. Ingest judges by the same rules again.
package struct JobFileCheck {
    /// What the file is for.
    package enum Purpose: Sendable {
        /// A jobset: the head says what it tests.
        case jobset
        /// Jobs for one that is there.
        case addition
    }

    package let file: JobFile
    package let purpose: Purpose
    package let chunkLimits: ChunkLimits
    package let limits: DocumentLimits
    package let knownBackends: Set<String>

    private var faults: [PlacedFault] = []
    /// Faults beyond those that are listed.
    private var unlisted = 0

    package init(
        file: JobFile,
        purpose: Purpose,
        chunkLimits: ChunkLimits,
        limits: DocumentLimits,
        knownBackends: Set<String>
    ) {
        self.file = file
        self.purpose = purpose
        self.chunkLimits = chunkLimits
        self.limits = limits
        self.knownBackends = knownBackends
    }

    /// Chunks of the file, from its beginning.
    package var reader: ChunkReader {
        ChunkReader(file, firstLine: purpose == .jobset ? .head : .job, limits: chunkLimits)
    }

    /// Reads the file.
    ///
    /// - Parameter progress: Is told how many jobs and bytes have been read, and may end it by throwing.
    /// - Returns: what is to be sent.
    /// - Throws: ``JobFileError`` with everything that is wrong; ``BrokenJobFile`` never.
    package mutating func run(_ progress: (_ jobs: Int, _ bytes: Int) throws -> Void) throws -> ChunkPlan {
        var reader = reader
        var chunks: [PlannedChunk] = []
        var hash = SHA256()
        do {
            while let chunk = try reader.nextChunk() {
                if chunk.index > 0 { hash.update(data: [UInt8(ascii: ",")]) }
                hash.update(data: chunk.jobs)
                chunks.append(
                    PlannedChunk(index: chunk.index, first: chunk.first, count: chunk.count, digest: chunk.digest)
                )
                check(chunk)
                try checkSize(jobs: chunk.first + chunk.count, chunks: chunks.count)
                try progress(chunk.first + chunk.count, reader.jobs.bytesRead)
            }
        } catch let broken as BrokenJobFile {
            // What was found before it is worth telling as well.
            add(PlacedFault(Fault(pointer: "", reason: "can't be read from \(broken.place) on: \(broken.problem)")))
        }
        let plan = ChunkPlan(members: reader.jobs.members, chunks: chunks, digest: Array(hash.finalize()))
        if !faults.contains(where: { $0.fault.pointer.isEmpty }) { checkHead(plan, reader.jobs) }
        guard faults.isEmpty else { throw JobFileError.faulty(file.name, faults, unlisted: unlisted) }
        return plan
    }

    // MARK: What is looked at

    private mutating func check(_ chunk: Chunk) {
        var limits = limits
        // The chunk is within its limits by the way it was made; its frame here is not the one it is sent in.
        limits.maximumDocumentBytes += ChunkLimits.frameBytes
        let body = MessageText.sample(jobs: chunk.jobs)
        do {
            _ = try JobsetDocument.read(body, limits: limits, knownBackends: knownBackends)
        } catch {
            for fault in error.faults { add(PlacedFault(fault, in: chunk)) }
        }
    }

    private mutating func checkHead(_ plan: ChunkPlan, _ reader: JobReader) {
        switch purpose {
        case .addition:
            for member in plan.members {
                let reason = "does not belong to an addition: the file has jobs and nothing else"
                add(PlacedFault(Fault(pointer: "/\(member.key)", reason: reason), line: member.place.line))
            }
        case .jobset:
            let body = MessageText.jobset(plan.members, jobs: [])
            do {
                let document = try JobsetDocument.read(body, limits: limits, knownBackends: knownBackends)
                if let declared = document.declaredTotal, declared < plan.total {
                    let reason = "is less than the \(plan.total) jobs that are given"
                    add(PlacedFault(Fault(pointer: "/total", value: "\(declared)", reason: reason)))
                }
            } catch {
                for fault in error.faults { add(PlacedFault(fault)) }
            }
        }
    }

    private func checkSize(jobs: Int, chunks: Int) throws {
        guard jobs <= limits.maximumTotal else {
            throw JobFileError.tooManyJobs(file.name, limit: limits.maximumTotal)
        }
        guard chunks <= ChunkLimits.maximumChunks else {
            throw JobFileError.tooManyChunks(file.name)
        }
    }

    // MARK: What is told

    private mutating func add(_ fault: PlacedFault) {
        if faults.count < limits.maximumFaults { faults.append(fault) } else { unlisted += 1 }
    }
}
