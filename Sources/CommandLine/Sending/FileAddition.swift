// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import JobFiles

/// Jobs on their way into a jobset that is there.
struct FileAddition: Sendable {
    let fleet: any FleetConnection
    /// The jobset that they are added to.
    let jobset: UUID
    /// The jobs.
    let file: JobFile
    /// The addition's id; nil: it follows from the content.
    let id: UUID?
    /// How many jobs the jobset is declared to have by this.
    let declaredTotal: Int?
    /// Whether the jobset is sealed afterwards.
    let isSeal: Bool
    /// How many jobs somebody wants in a message.
    let chunkJobs: Int?
    /// How long to wait for each answer.
    let timeout: Seconds

    /// Adds them.
    ///
    /// - Returns: how many jobs of the file were added now, and how many had been in before.
    /// - Throws: ``CommandFailure`` for what is refused or not answered.
    func run() async throws -> (added: Int, skipped: Int) {
        let sending = FileSending(
            fleet: fleet,
            rules: try await fleet.documentRules(),
            file: file,
            purpose: .addition,
            chunkJobs: chunkJobs
        )
        let isDeclaring = declaredTotal != nil || isSeal
        // Nothing at all is fine for whoever only wants to seal.
        let plan = file.size == 0 && isDeclaring ? .nothing : try sending.plan()
        guard plan.total > 0 || isDeclaring else {
            throw CommandFailure(.usage, "\(file.name) has no jobs", "  `muster seal \(jobset.text)` seals the jobset")
        }
        guard plan.total > 0 || declaredTotal != nil else { return (0, 0) }
        let target = ChunkTarget(addingTo: jobset, plan, id: id, declaredTotal: declaredTotal)
        let skipped = try await sending.send(plan, to: target, timeout: timeout, words: words).skipped
        return (plan.total - skipped, skipped)
    }

    private var words: SendingWords {
        let options = [
            isSeal ? "--seal" : nil, declaredTotal.map { "--total \($0)" }, id.map { "--id \($0.text)" },
            chunkJobs.map { "--chunk-jobs \($0)" },
        ].compactMap(\.self)
        return SendingWords(
            file: file.name,
            jobset: jobset,
            command: (["muster add", jobset.text, file.shellWord] + options).joined(separator: " "),
            isNew: false
        )
    }
}
