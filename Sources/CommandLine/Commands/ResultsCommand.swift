// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetRuntime
import Foundation

/// `muster results`.
struct ResultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results",
        abstract: "List the test cases of a jobset.",
        discussion: """
            Lists the results of each job's last attempt. If a job did not complete, the column OUTCOME says so. \
            LAVA's own suite `lava`, which describes the run of the job itself, is left out without --lava.

            EXAMPLES
              muster results ID --status fail --links
              muster results ID --job 3 --lava --output json
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Option(
        help: ArgumentHelp("Only results of the job at this position in the document, from 0.", valueName: "number")
    )
    var job: Int?

    @Option(help: ArgumentHelp("Only results with this status.", valueName: "status"))
    var status: ResultStatus?

    @Flag(help: "Include LAVA's own suite.")
    var lava = false

    @Flag(help: "Add a link to each result's place in the lab's log.")
    var links = false

    @Option(help: ArgumentHelp("Maximum number of results.", valueName: "number"))
    var limit = CountLimit(10_000)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let limit = limit.value
        let filter = ResultFilter(position: job, status: status, includesLavaSuite: lava, limit: limit)
        let results = try await options.connected(to: jobset) { try await $0.results(of: $1, filter) }
        try answer.show(Self.table(results, hasLinks: links), results, orNothing: "no results match")
        if results.count == limit { StandardStream.error.line("there can be more results: raise --limit") }
    }

    /// The test cases as a table; roles and outcomes only where there are any to tell.
    static func table(_ results: [TestResult], hasLinks: Bool = false) -> Table {
        let hasRoles = results.contains { $0.role != nil }
        let isNamed = results.contains { $0.jobName != nil }
        let hasOutcomes = results.contains { $0.jobOutcome != .complete }
        var columns: [Table.Column] = [.init("JOB"), .init("ENVIRONMENT", canShrink: true)]
        if isNamed { columns.append(.init("NAME", canShrink: true)) }
        if hasOutcomes { columns.append(.init("OUTCOME")) }
        if hasRoles { columns.append(.init("ROLE", canShrink: true)) }
        columns += [
            .init("SUITE", canShrink: true), .init("TEST", canShrink: true), .init("RESULT"),
            .init("MEASUREMENT", canShrink: true),
        ]
        if hasLinks { columns.append(.init("LOG", isWhole: true)) }
        let rows = results.map { result in
            var cells: [Cell] = [.number(result.position), .text(result.environment)]
            if isNamed { cells.append(.text(result.jobName)) }
            if hasOutcomes { cells.append(.text(result.jobOutcome?.rawValue ?? "running")) }
            if hasRoles { cells.append(.text(result.role)) }
            let measurement = result.measurement.map { [$0, result.units].compactMap(\.self).joined(separator: " ") }
            cells += [
                .text(result.suite), .text(result.name), .text(result.status.rawValue), .text(measurement),
            ]
            if hasLinks { cells.append(.text(result.url)) }
            return cells
        }
        return Table(columns: columns, rows: rows)
    }
}
