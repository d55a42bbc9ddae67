// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import JobFiles

/// What a person is told of a file that was not sent to its end.
struct SendingWords: Sendable {
    /// What the file is called.
    let file: String
    /// The jobset that it goes to.
    let jobset: UUID
    /// The command that goes on with it.
    let command: String
    /// Whether the jobset is made of the file.
    let isNew: Bool

    /// How to go on: the last lines of most of what is told.
    private var goingOn: [String] {
        let other = isNew ? ["  `muster cancel \(jobset.text)` cancels it"] : []
        return ["  `\(command)` resumes: jobs that have arrived are not sent again"] + other
    }

    /// A person stopped it.
    func interrupted() -> CommandFailure {
        CommandFailure(.interrupted, lines: ["interrupted; what was sent is in jobset \(jobset.text)"] + goingOn)
    }

    /// What leads to ingest was away for too long, or never there.
    func stopped(by absence: FleetAbsence) -> CommandFailure {
        CommandFailure(.unreachable, lines: ["\(absence)", "  \(absence.advice)"] + goingOn)
    }

    /// Ingest has not answered.
    func silence(_ silence: IngestSilence) -> CommandFailure {
        CommandFailure(
            .unreachable,
            lines: [
                "ingest has not answered \(silence.limit)",
                "  \(silence.cause)",
            ] + goingOn
        )
    }

    /// Ingest has refused a message.
    func refused(_ problem: Problem, _ chunk: Chunk?) -> CommandFailure {
        let faults = problem.errors.map { fault in
            let placed = chunk.map { PlacedFault(fault, in: $0) } ?? PlacedFault(fault)
            return "  \(HarmlessText.line(placed.description))"
        }
        let place = chunk.map { "jobs \($0.first) to \($0.first + $0.count - 1) of \(file) were refused" }
        let what = place ?? "\(file) was refused"
        let next =
            isNew
            ? "  `muster status \(jobset.text)` shows what has arrived; `muster cancel \(jobset.text)` ends it"
            : "  `muster status \(jobset.text)` shows what has arrived"
        let mended = "  a corrected file has different content and is sent from its beginning"
        let taken = "  the id belongs to other jobs, or to this file sent in chunks of another size (--chunk-jobs)"
        let isTaken = problem.isRefusal(.conflict) && chunk != nil
        return CommandFailure(
            .usage,
            lines: [
                "\(what): \(HarmlessText.line(problem.title)): \(HarmlessText.line(problem.detail))"
            ] + faults + (isTaken ? [taken] : []) + [next] + (problem.status == 400 ? [mended] : [])
        )
    }

    /// The same file was sent before in chunks of another size.
    func otherChunks() -> CommandFailure {
        CommandFailure(
            .usage,
            "\(file) was sent to jobset \(jobset.text) before, in chunks of another size",
            "  use the same --chunk-jobs as before to continue, or --new for a new jobset"
        )
    }

    /// The file is not what it was when it was looked through.
    func changed() -> CommandFailure {
        CommandFailure(
            .usage,
            "\(file) was changed while it was being sent",
            "  `muster status \(jobset.text)` shows what has arrived"
                + (isNew ? "; `muster cancel \(jobset.text)` ends it" : "")
        )
    }
}
