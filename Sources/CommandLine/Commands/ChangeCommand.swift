// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster change`.
struct ChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Change the failure limit, priority or deadline of a running jobset, or keep a jobset.",
        usage: """
            muster change <id> [--max-failures <number>|<number>%|none] [--priority <number>] [--timeout <seconds>|none] [--keep|--no-keep]
            """,
        discussion: """
            A job has failed if it did not complete or if one of its tests failed. If more jobs have already failed \
            than the new limit allows, the rest is canceled at once. A percentage takes effect when the jobset is \
            sealed, because its number of jobs is not known before.

            The deadline counts from when the jobset was accepted or retried, not from now; if it is already over, it \
            takes effect at once. A deadline that has passed can't be changed.

            With --keep, nothing of the jobset is ever removed, whatever the fleet's retention is; --no-keep takes that \
            back. Both also work on a jobset that has finished.

            EXAMPLES
              muster change ID --max-failures 10%
              muster change ID --priority 90 --timeout none
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Option(
        help: ArgumentHelp(
            "The number or percentage of jobs that can fail before the rest is canceled.",
            valueName: "limit"
        )
    )
    var maxFailures: FailureLimitChange?

    @Option(
        help: ArgumentHelp(
            "From 0 to 100; jobs of the jobset with the highest priority go first.",
            valueName: "number"
        )
    )
    var priority: Int?

    @Option(help: ArgumentHelp("Time from the start of the jobset to its deadline.", valueName: "seconds"))
    var timeout: TimeoutChange?

    @Flag(inversion: .prefixedNo, help: "Keep all of the jobset, whatever the retention of its project is.")
    var keep: Bool?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if maxFailures == nil, priority == nil, timeout == nil, keep == nil {
            throw ValidationError("Nothing to change: use --max-failures, --priority, --timeout or --keep.")
        }
        if let priority, !JobsetDocument.priorities.contains(priority) {
            throw ValidationError("A priority is a number from 0 to 100.")
        }
    }

    func run() async throws {
        let change = JobsetChange(
            maxFailures: maxFailures.map(\.limit),
            priority: priority,
            timeout: timeout.map(\.timeout),
            isKept: keep
        )
        let changed = try await options.connected(to: jobset) { try await $0.change($1, change) }
        let jobset = changed.jobset
        try answer.show(StatusCommand.facts(jobset, on: .output), jobset)
        if changed.hasCanceledRest {
            StandardStream.error.line("more jobs have failed than the new limit allows: the rest is canceled")
        }
        if timeout != nil, jobset.deadlinePassedAt != nil {
            StandardStream.error.line("the deadline has already passed and can't be changed")
        }
    }
}
