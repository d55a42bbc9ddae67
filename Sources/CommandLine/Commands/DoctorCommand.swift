// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything the fleet needs, and say what to do where something is wrong.",
        discussion: """
            Reads the configuration; asks the broker for each queue, how much waits in it and how many workers take \
            from it; asks the database for its schema; asks each lab for its version and whom it takes us for; logs in \
            at the mail server. It changes nothing. Every question has a limit of ten seconds.

            Of a server it asks who the token is and what it may do, and looks at certificate and version.

            Exits with 0 when nothing FAILED; warnings leave the exit status alone. Exits with 4 otherwise.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let findings = try await options.connected { try await $0.examine() }
        if answer.output == .json {
            try answer.show(findings)
        } else {
            let width = findings.reduce(0) { max($0, CellWidth.of($1.subject)) }
            let terminal = Terminal.output
            for line in findings.flatMap({ $0.lines(subjectWidth: width, on: terminal) }) {
                StandardStream.output.line(line)
            }
        }
        if findings.contains(where: { $0.level == .failed }) { throw CommandFailure(.unreachable) }
    }
}
