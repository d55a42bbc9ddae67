// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything that the fleet needs, and suggest fixes.",
        discussion: """
            Checks the configuration, the broker with the messages and workers of each queue, the schema of the \
            database, the version of each lab and the user that the token belongs to, and the login at the mail \
            server. It changes nothing. Each check has a limit of ten seconds.

            With a server, it checks the certificate, the version and the abilities of the token.

            The exit status is 4 if any check FAILED, otherwise 0; warnings do not change it.
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
