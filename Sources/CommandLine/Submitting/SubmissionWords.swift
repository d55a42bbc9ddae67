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

    /// Why ingest may not have answered.
    static func silenceCause(queue: String, consumers: Int) -> String {
        consumers == 0
            ? "nobody takes from the queue \(queue): start muster-ingest"
            : "\(consumers) take from the queue \(queue): see the log of muster-ingest and its database"
    }

    /// Ingest has not answered.
    static func silence(queue: String, consumers: Int, after timeout: Seconds, id: UUID?) -> CommandFailure {
        let next =
            if let id {
                "look for it with `muster status \(id.text)`"
            } else {
                "submit the same document again to learn its id; that makes no second jobset"
            }
        return CommandFailure(
            .unreachable,
            "ingest has not answered within \(timeout) s",
            "  \(silenceCause(queue: queue, consumers: consumers))",
            "  the document is safe in the broker and will be taken in later: \(next)"
        )
    }
}
