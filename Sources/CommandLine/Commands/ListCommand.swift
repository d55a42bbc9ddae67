// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

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
              muster ls --since 7d --verdict failed --label branch=next
              muster ls --group kernel --project next --sort verdict --limit 5 --output json
            """
    )

    /// What the rows are sorted by.
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case created, build, verdict, pending
    }

    @OptionGroup(title: "Which jobsets") var conditions: JobsetConditions

    @Option(help: ArgumentHelp("Only jobsets in this state.", valueName: "state"))
    var state: JobsetState?

    @Option(
        help: ArgumentHelp(
            "How to sort the rows that are listed: by time, the latest first; by build; the worst verdict first; or the most "
                + "unfinished jobs first.",
            valueName: "order"
        )
    )
    var sort = Order.created

    @Option(help: ArgumentHelp("Maximum number of rows.", valueName: "number"))
    var limit = CountLimit(20)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        var filter = conditions.filter(limit: limit.value)
        filter.state = state
        let wanted = filter
        let jobsets = Self.sorted(try await options.connected { try await $0.jobsets(wanted) }, by: sort)
        try answer.show(Self.table(jobsets), jobsets, orNothing: "no jobsets match")
    }

    /// The jobsets in another order; those that are equal in it stay as they were.
    static func sorted(_ jobsets: [Jobset], by order: Order) -> [Jobset] {
        func place(_ jobset: Jobset) -> Int {
            let worstFirst: [Verdict] = [.failed, .incomplete, .canceled, .passed]
            return jobset.verdict.flatMap(worstFirst.firstIndex) ?? worstFirst.count
        }
        return switch order {
        case .created: jobsets
        case .build: jobsets.sorted { $0.build.compare($1.build, options: .numeric) == .orderedAscending }
        case .verdict: jobsets.sorted { place($0) < place($1) }
        case .pending: jobsets.sorted { $0.pending > $1.pending }
        }
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
                    .id(jobset.id), .text(jobset.build),
                    .text(state(of: jobset)), .text(jobs(of: jobset)), .time(jobset.createdAt),
                ]
            }
        )
    }
}
