// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import JobFiles

/// A file on its way to ingest in chunks: looked through first, then sent.
struct FileSending: Sendable {
    let fleet: any FleetConnection
    /// What it holds documents to.
    let rules: DocumentRules
    let file: JobFile
    /// What the file is for.
    let purpose: JobFileCheck.Purpose
    /// How many jobs somebody wants in a message.
    let chunkJobs: Int?

    private var check: JobFileCheck {
        JobFileCheck(
            file: file,
            purpose: purpose,
            chunkLimits: ChunkLimits(rules.limits, wantedJobs: chunkJobs),
            limits: rules.limits,
            knownBackends: Set(rules.backends)
        )
    }

    /// Looks the file through.
    ///
    /// - Throws: ``CommandFailure`` with everything that is wrong.
    func plan() throws -> ChunkPlan {
        var display = SendingDisplay()
        defer { display.close() }
        var check = check
        return try check.run { jobs, bytes in
            try Task.checkCancellation()
            let share = file.size == 0 ? 1 : Double(bytes) / Double(file.size)
            display.show(SendingFacts(stage: .checking, jobs: jobs, share: share))
        }
    }

    /// Sends what was planned; ^C stops it in order.
    ///
    /// - Returns: how many jobs the jobset has now, and how many of the file were in before.
    /// - Throws: ``CommandFailure`` that says how to go on.
    func send(
        _ plan: ChunkPlan,
        to target: ChunkTarget,
        timeout: Seconds,
        words: SendingWords
    ) async throws -> (total: Int, skipped: Int) {
        try await Interruption.telling(words.interrupted()) {
            var sender = ChunkSender(
                fleet: fleet,
                plan: plan,
                target: target,
                reader: check.reader,
                timeout: timeout,
                words: words
            )
            return try await sender.run()
        }
    }

    /// The only chunk of a small file.
    ///
    /// - Throws: as ``JobReader/next()``.
    func onlyChunk() throws -> Chunk? {
        var reader = check.reader
        return try reader.nextChunk()
    }
}
