// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster wait`.
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until the last job of a jobset has come back.",
        discussion: """
            Shows a moving bar on a terminal, otherwise a line with each change and every ten seconds. It looks into \
            the database, so it needs no worker, or asks the server, and goes on when that was away for a while. ^C leaves the \
            jobset alone. An open jobset does not end before it is sealed: `muster seal ID`.

            The exit status tells the verdict: 0 passed, 1 failed, 3 incomplete or canceled; 4 when --timeout passed.
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @Option(help: ArgumentHelp("How long to wait at most. (default: without limit)", valueName: "seconds"))
    var timeout: Seconds?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let (id, timeout) = (id, timeout)
        let jobset = try await options.connected { fleet in
            try await Interruption.telling(.stoppedWaiting(for: id)) {
                try await JobsetWait(fleet: fleet, id: id, timeout: timeout).run()
            }
        }
        try Self.end(jobset, answer, on: .output)
    }

    /// Says what became of a jobset and ends with its status.
    static func end(_ jobset: Jobset, _ answer: OutputOptions, on stream: StandardStream) throws {
        if answer.output == .json { try answer.show(jobset) }
        let line = VerdictLine.text(jobset, on: Terminal(stream))
        (answer.output == .json ? .error : stream).line(line)
        let exit = jobset.verdict.map { ExitStatus($0) } ?? .incomplete
        if exit != .success { throw CommandFailure(exit) }
    }
}
