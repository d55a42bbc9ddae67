// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import Foundation

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
