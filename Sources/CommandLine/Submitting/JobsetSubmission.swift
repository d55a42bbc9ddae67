// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetRuntime
import Foundation

/// A jobset on its way to ingest, in one message or in many, and the answer on its way back.
struct JobsetSubmission: Sendable {
    /// The fleet.
    let access: FleetAccess
    /// The document, or JSON lines.
    let file: JobFile
    /// The jobset's id; nil: it follows from the content.
    let id: UUID?
    /// How many jobs somebody wants in a message.
    let chunkJobs: Int?
    /// How long to wait for each answer.
    let timeout: Seconds

    /// Submits it.
    ///
    /// - Returns: its id and how many jobs it has.
    /// - Throws: ``CommandFailure`` for what is refused or not answered; `AMQPError` when the broker can't be reached.
    func run() async throws -> (id: UUID, total: Int) {
        guard file.size > 0 else { throw CommandFailure(.usage, "\(file.name) is empty") }
        if chunkJobs == nil, case .whole(let body) = try SubmissionSize.of(file, access.configuration.ingest) {
            return try await submit(body)
        }
        let sending = FileSending(access: access, file: file, purpose: .jobset, chunkJobs: chunkJobs)
        let plan = try sending.plan()
        // What fits one message is the same jobset as the same document sent whole.
        if plan.chunks.count <= 1 {
            return try await submit(MessageText.jobset(plan.members, jobs: try sending.onlyChunk()?.jobs ?? []))
        }
        let target = ChunkTarget(newJobset: plan, id: id)
        StandardStream.error.line("jobset \(target.jobset.text): \(plan.total) jobs in \(plan.chunks.count) chunks")
        let (total, skipped) = try await sending.send(plan, to: target, timeout: timeout, words: words(target.jobset))
        if skipped > 0 { StandardStream.error.line("\(skipped) of the jobs were in before") }
        if plan.isOpen {
            StandardStream.error.line(
                "it is open: `muster add` adds to it, `muster seal \(target.jobset.text)` closes it"
            )
        }
        return (target.jobset, total)
    }

    private func words(_ jobset: UUID) -> SendingWords {
        let options = [
            id == nil ? nil : "--id \(jobset.text)", chunkJobs.map { "--chunk-jobs \($0)" },
        ].compactMap(\.self)
        return SendingWords(
            file: file.name,
            jobset: jobset,
            command: (["muster submit", file.shellWord] + options).joined(separator: " "),
            isNew: true
        )
    }

    private func submit(_ body: [UInt8]) async throws -> (id: UUID, total: Int) {
        let (access, id, timeout) = (access, id, timeout)
        let interrupted = CommandFailure(
            .interrupted,
            "interrupted; the document may have been taken in, submit it again to see"
        )
        let outcome = try await InterruptWatch.run(onInterrupt: interrupted) {
            try await access.withPost { try await $0.send(.jobset(body, id: id), timeout: timeout.duration) }
        }
        switch outcome {
        case .answered(.accepted(let id, let total)): return (id, total)
        case .answered(.refused(let problem)): throw SubmissionWords.refusal(problem)
        case .unanswered(let consumers):
            throw SubmissionWords.silence(
                queue: access.topology.jobsets,
                consumers: consumers,
                after: timeout,
                id: id
            )
        }
    }
}
