// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster ls`.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List jobsets, the latest first.",
        discussion: """
            JOBS shows how many jobs have ended, and of how many. For an `open` jobset, the second number is the \
            declared total, or is followed by `+`.

            EXAMPLES
              muster ls --state running
              muster ls --group kernel --project next --limit 5 --output json
            """
    )

    @Option(help: "Only jobsets of this group.")
    var group: String?

    @Option(help: "Only jobsets of this project.")
    var project: String?

    @Option(help: ArgumentHelp("Only jobsets in this state.", valueName: "state"))
    var state: JobsetState?

    @Option(help: ArgumentHelp("Maximum number of rows.", valueName: "number"))
    var limit = CountLimit(20)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let filter = JobsetFilter(group: group, project: project, state: state, limit: limit.value)
        let jobsets = try await options.connected { try await $0.jobsets(filter) }
        try answer.show(Self.table(jobsets), jobsets, orNothing: "no jobsets match")
    }

    /// What became of it, or where it is on its way.
    private static func state(of jobset: Jobset) -> String {
        jobset.verdict?.rawValue ?? (jobset.isSealed ? jobset.state.rawValue : "open")
    }

    /// How many jobs have ended, of how many; of an open one, of how many that were declared.
    private static func jobs(of jobset: Jobset) -> String {
        let total = jobset.isSealed ? "\(jobset.total)" : jobset.declaredTotal.map { "\($0)" } ?? "\(jobset.total)+"
        return "\(jobset.total - jobset.pending)/\(total)"
    }

    /// The jobsets as a table.
    static func table(_ jobsets: [Jobset]) -> Table {
        Table(
            columns: [
                .init("JOBSET"), .init("BUILD", canShrink: true), .init("STATE"), .init("JOBS"), .init("CREATED"),
            ],
            rows: jobsets.map { jobset in
                [
                    .text(jobset.id.text), .text(jobset.build),
                    .text(state(of: jobset)), .text(jobs(of: jobset)), .time(jobset.createdAt),
                ]
            }
        )
    }
}
