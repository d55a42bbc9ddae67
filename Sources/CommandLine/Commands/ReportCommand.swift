// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print the report of a finished jobset.",
        discussion: """
            The report that muster-notifier wrote when the last job had come back, as it was then. While the jobset \
            runs there is none, and the exit status is 3.
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @Option(help: ArgumentHelp("text for people, json for programs. (default: as --output)", valueName: "format"))
    var format: OutputFormat?

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let id = id
        let report = try await FleetAccess(fleet).withStore { store in
            if let report = try await store.storedReport(jobsetID: id) { return report }
            guard let status = try await store.jobset(id: id) else { throw CommandFailure.noJobset(id) }
            throw Self.missing(status)
        }
        if (format ?? answer.output) == .json {
            StandardStream.output.line(report.document)
        } else {
            StandardStream.output.line(HarmlessText.block(report.text.trimmingCharacters(in: .newlines)))
        }
    }

    /// Why there is no report.
    static func missing(_ status: JobsetStatus) -> CommandFailure {
        guard status.state == .running else {
            return CommandFailure(
                .incomplete,
                "the jobset has finished and its report is not written yet",
                "  muster-notifier writes it: `muster deliveries \(status.id.text)` shows what keeps it"
            )
        }
        return CommandFailure(
            .incomplete,
            "the jobset is still running: \(VerdictLine.jobs(status))",
            "  `muster wait \(status.id.text)` waits for its end"
        )
    }
}
