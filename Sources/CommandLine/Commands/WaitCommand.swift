// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster wait`.
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until the last job of a jobset has finished.",
        discussion: """
            Shows a progress bar on a terminal, otherwise a line at each change and every ten seconds. It queries the \
            database or the server, and keeps trying if that is unreachable for a while. ^C does not affect the \
            jobset. An open jobset does not end before it is sealed: `muster seal ID`.

            The exit status shows the verdict: 0 passed; 1 failed: a test failed or a lab refused a definition, whatever \
            else is missing; 3 incomplete: nothing failed, but something is missing; 5 canceled. It is 4 if --timeout is \
            over.
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Option(help: ArgumentHelp("Maximum time to wait. (default: no limit)", valueName: "seconds"))
    var timeout: Seconds?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let timeout = timeout
        let ended = try await options.connected(to: jobset) { fleet, id in
            try await Interruption.telling(.stoppedWaiting(for: id)) {
                try await JobsetWait(fleet: fleet, id: id, timeout: timeout).run()
            }
        }
        try Self.end(ended, answer, on: .output)
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
