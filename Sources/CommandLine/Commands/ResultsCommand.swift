// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster results`.
struct ResultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results",
        abstract: "List the test cases of a jobset.",
        discussion: """
            Of each job, those of its last attempt. LAVA's own suite `lava`, which tells how the job itself went, is \
            left out unless --lava is given.

            EXAMPLES
              muster results ID --status fail
              muster results ID --job 3 --lava --output json
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @Option(help: ArgumentHelp("Only those of the job at this place in the document, from 0.", valueName: "number"))
    var job: Int?

    @Option(help: ArgumentHelp("Only those that said so.", valueName: "status"))
    var status: ResultStatus?

    @Flag(help: "With LAVA's own suite.")
    var lava = false

    @Option(help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit = CountLimit(10_000)

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let id = id
        let limit = limit.value
        let filter = ResultFilter(position: job, status: status, includesLavaSuite: lava, limit: limit)
        let results = try await FleetAccess(fleet).withStore { store in
            guard try await store.jobset(id: id) != nil else { throw CommandFailure.noJobset(id) }
            return try await store.results(of: id, filter)
        }
        try answer.show(Self.table(results), results.map { ResultObject($0) }, orNothing: "there are no such results")
        if results.count == limit { StandardStream.error.line("there may be more: raise --limit") }
    }

    /// The test cases as a table.
    static func table(_ results: [TestResult]) -> Table {
        Table(
            columns: [
                .init("JOB"), .init("ENVIRONMENT", canShrink: true), .init("SUITE", canShrink: true),
                .init("TEST", canShrink: true), .init("RESULT"), .init("MEASUREMENT", canShrink: true),
            ],
            rows: results.map { result in
                [
                    .number(result.position), .text(result.environment), .text(result.suite), .text(result.name),
                    .text(result.status.rawValue),
                    .text(result.measurement.map { [$0, result.units].compactMap(\.self).joined(separator: " ") }),
                ]
            }
        )
    }
}
