// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Fleet
import Foundation

extension ReportFormat: ExpressibleByArgument {}

/// `muster report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print the report of a finished jobset.",
        discussion: """
            Prints the report that muster-notifier wrote when the last job had finished. While the jobset is running \
            there is no report, and the exit status is 3.
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Option(
        help: ArgumentHelp(
            "text for people, json for programs, html for a browser, junit for a CI server, mail for a mailing list, kcidb for "
                + "KernelCI's database. "
                + "(default: as --output)",
            valueName: "format"
        )
    )
    var format: ReportFormat?

    @Option(
        help: ArgumentHelp(
            "The generation: 1, and one more for each retry. (default: the latest one with a report)",
            valueName: "number"
        )
    )
    var generation: Int?

    @Flag(help: "Wait until the jobset has ended, and then up to a minute for its report.")
    var wait = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if let generation, !(1...Int(Int32.max)).contains(generation) {
            throw ValidationError("A generation is a number from 1.")
        }
    }

    /// How long the notifier may take, and the pause between looks whether it is done.
    private static let patience = (limit: Duration.seconds(60), pause: Duration.seconds(1))

    func run() async throws {
        let format = format ?? (answer.output == .json ? .json : .text)
        let report = try await options.connected(to: jobset) { fleet, id in
            wait
                ? try await waited(for: format, of: id, in: fleet)
                : try await fleet.report(of: id, generation: generation, as: format)
        }
        let text = report.trimmingCharacters(in: .newlines)
        // What a file gets is the report to the last byte; a terminal would obey it.
        let isShown = format == .text || format == .mail || Terminal.output.isTerminal
        StandardStream.output.line(isShown ? HarmlessText.block(text) : text)
    }

    /// The report once it is there.
    private func waited(for format: ReportFormat, of id: UUID, in fleet: any FleetConnection) async throws -> String {
        let generation = generation
        return try await Interruption.telling(.stoppedWaiting(for: id)) {
            _ = try await JobsetWait(fleet: fleet, id: id, timeout: nil).run()
            let deadline = ContinuousClock.now + Self.patience.limit
            while true {
                do {
                    return try await fleet.report(of: id, generation: generation, as: format)
                } catch FleetRefusal.noReportYet where .now < deadline {
                    try await Task.sleep(for: Self.patience.pause)
                }
            }
        }
    }
}
