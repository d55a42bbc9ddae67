// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import JobFiles

/// A jobset on its way to ingest, in one message or in many, and the answer on its way back.
struct JobsetSubmission: Sendable {
    let fleet: any FleetConnection
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
    /// - Throws: ``CommandFailure`` for what is refused or not answered; ``FleetAbsence``.
    func run() async throws -> (id: UUID, total: Int) {
        guard file.size > 0 else { throw CommandFailure(.usage, "\(file.name) is empty") }
        let rules = try await fleet.documentRules()
        if chunkJobs == nil, case .whole(let body) = try SubmissionSize.of(file, rules.limits) {
            return try await submit(body)
        }
        let sending = FileSending(fleet: fleet, rules: rules, file: file, purpose: .jobset, chunkJobs: chunkJobs)
        let plan = try sending.plan()
        // What fits one message is the same jobset as the same document sent whole.
        if plan.chunks.count <= 1 {
            return try await submit(MessageText.jobset(plan.members, jobs: try sending.onlyChunk()?.jobs ?? []))
        }
        let target = ChunkTarget(newJobset: plan, id: id, isKeyed: fleet.hasKeyedJobsets)
        let words = words(target.jobset)
        let (total, skipped) = try await Interruption.telling(words.interrupted()) {
            StandardStream.error.line("jobset \(target.jobset.text): \(plan.total) jobs in \(plan.chunks.count) chunks")
            return try await sending.send(plan, to: target, timeout: timeout, words: words)
        }
        if skipped > 0 { StandardStream.error.line("\(skipped) of the jobs were already present") }
        if plan.isOpen {
            StandardStream.error.line(
                "it is open: `muster add` adds to it, `muster seal \(target.jobset.text)` closes it"
            )
        }
        return (target.jobset, total)
    }

    private func words(_ jobset: UUID) -> SendingWords {
        let options = [
            id.map { "--id \($0.text)" }, chunkJobs.map { "--chunk-jobs \($0)" },
        ].compactMap(\.self)
        return SendingWords(
            file: file.name,
            jobset: jobset,
            command: (["muster submit", file.shellWord] + options).joined(separator: " "),
            isNew: true
        )
    }

    private func submit(_ body: [UInt8]) async throws -> (id: UUID, total: Int) {
        let (fleet, id, timeout) = (fleet, id, timeout)
        let interrupted = CommandFailure(
            .interrupted,
            "interrupted; the document may have been accepted, submit it again to see"
        )
        let outcome = try await Interruption.telling(interrupted) {
            try await fleet.withPost { try await $0.send(.jobset(body, id: id), timeout: timeout) }
        }
        switch outcome {
        case .answered(.accepted(let id, let total)): return (id, total)
        case .answered(.refused(let problem)): throw SubmissionWords.refusal(problem)
        case .unanswered(let silence): throw SubmissionWords.silence(silence, id: id.map { silence.jobset ?? $0 })
        }
    }
}

/// Whether a file goes to ingest in one message, as it is, or in many.
enum SubmissionSize: Equatable {
    /// In one message: this one. Ingest is the judge of it.
    case whole([UInt8])
    /// In chunks.
    case chunks

    /// The names' endings of JSON lines.
    private static let lineEndings = [".jsonl", ".ndjson"]

    /// What a file needs.
    ///
    /// - Throws: ``CommandFailure`` when it can't be read.
    static func of(_ file: JobFile, _ limits: DocumentLimits) throws -> SubmissionSize {
        guard file.size <= limits.maximumDocumentBytes, !lineEndings.contains(where: file.name.hasSuffix) else {
            return .chunks
        }
        var reader = JobReader(file, firstLine: .head, maximumBytes: limits.maximumDocumentBytes)
        var jobs = 0
        do {
            while try reader.next() != nil { jobs += 1 }
        } catch is BrokenJobFile {
            // Ingest says what is wrong with it, and keeps it to be looked at.
            return .whole(try file.all())
        }
        return reader.isLines || jobs > limits.maximumJobs ? .chunks : .whole(try file.all())
    }
}

/// What a person is told of a submission that did not end with an id.
enum SubmissionWords {
    /// Everything that is wrong with a refused document, one fault a line.
    static func refusal(_ problem: Problem) -> CommandFailure {
        let faults = problem.errors.map { "  \(HarmlessText.line($0.description))" }
        return CommandFailure(
            .usage,
            lines: ["\(HarmlessText.line(problem.title)): \(HarmlessText.line(problem.detail))"] + faults
        )
    }

    /// Ingest has not answered.
    static func silence(_ silence: IngestSilence, id: UUID?) -> CommandFailure {
        let next =
            if let id {
                "look for it with `muster status \(id.text)`"
            } else {
                "submit the same document again to learn its id; that creates no second jobset"
            }
        return CommandFailure(
            .unreachable,
            "ingest has not answered \(silence.limit)",
            "  \(silence.cause)",
            "  the document is safe in the broker and will be processed later: \(next)"
        )
    }
}
