// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster change`.
struct ChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Change a jobset's limit of failures, priority or deadline while it runs.",
        usage: """
            muster change <id> [--max-failures <number>|<number>%|none] [--priority <number>] [--timeout <seconds>|none]
            """,
        discussion: """
            A job fails when it keeps its jobset from passing: it did not complete, or a test of it failed. If more \
            have failed than now may, the rest is canceled at once. A limit in percent takes effect when the jobset is \
            sealed, since only then it is known of how many.

            The deadline counts from when the jobset was accepted or retried, not from now; one that lies in the past \
            by then passes at once. A deadline that has passed stays.

            EXAMPLES
              muster change ID --max-failures 10%
              muster change ID --priority 90 --timeout none
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @Option(help: ArgumentHelp("How many jobs may fail before the rest is canceled.", valueName: "limit"))
    var maxFailures: FailureLimitChange?

    @Option(
        help: ArgumentHelp(
            "Which jobset goes first where a lab has less room than jobs: the higher, from 0 to 100.",
            valueName: "number"
        )
    )
    var priority: Int?

    @Option(help: ArgumentHelp("How long after its start the deadline is.", valueName: "seconds"))
    var timeout: TimeoutChange?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if maxFailures == nil, priority == nil, timeout == nil {
            throw ValidationError("Say what to change: --max-failures, --priority or --timeout.")
        }
        if let priority, !JobsetDocument.priorities.contains(priority) {
            throw ValidationError("A priority is a number from 0 to 100.")
        }
    }

    func run() async throws {
        let change = JobsetChange(
            maxFailures: maxFailures.map(\.limit),
            priority: priority,
            timeout: timeout.map(\.timeout)
        )
        let changed = try await options.connected { try await $0.change(id, change) }
        let jobset = changed.jobset
        try answer.show(StatusCommand.facts(jobset, on: .output), jobset)
        if changed.hasCanceledRest {
            StandardStream.error.line("more jobs have failed than now may: the rest is canceled")
        }
        if timeout != nil, jobset.deadlinePassedAt != nil {
            StandardStream.error.line("the deadline has passed already, and stays")
        }
    }
}
