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

    @Option(
        help: ArgumentHelp(
            "text for people, json for programs, html for a browser, junit for a CI server. (default: as --output)",
            valueName: "format"
        )
    )
    var format: ReportFormat?

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let id = id
        let report = try await FleetAccess(fleet).withStore { store in
            if let report = try await store.storedReport(jobsetID: id) { return report }
            guard let status = try await store.jobset(id: id) else { throw CommandFailure.noJobset(id) }
            throw Self.missing(status)
        }
        switch format ?? (answer.output == .json ? .json : .text) {
        case .json: StandardStream.output.line(report.document)
        case .text: StandardStream.output.line(HarmlessText.block(report.text.trimmingCharacters(in: .newlines)))
        case .html: StandardStream.output.line(try Self.kept(report.html, as: "HTML"))
        case .junit: StandardStream.output.line(try Self.kept(report.junit, as: "JUnit XML"))
        }
    }

    /// A form of the report, without the line break at its end.
    private static func kept(_ form: String?, as name: String) throws -> String {
        guard let form else {
            throw CommandFailure(
                .incomplete,
                "the report was made by an earlier version, which made none as \(name)",
                "  `--format text` and `--format json` are there"
            )
        }
        return form.trimmingCharacters(in: .newlines)
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
