// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster watch`.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch the jobs of a jobset until the last one has finished.",
        discussion: """
            On a terminal, shows the progress and a table of the jobs that matter now: those in a lab, those that failed, \
            and those that are waiting. Elsewhere, prints the lines of `muster wait`, and one for each job that fails.

            ^C does not affect the jobset. The exit status is that of `muster wait`.
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let ended = try await options.connected(to: jobset) { fleet, id in
            try await Interruption.telling(.stoppedWaiting(for: id)) {
                var wait = JobsetWait(fleet: fleet, id: id, timeout: nil)
                wait.makeDisplay = { JobsDisplay(id: id) }
                return try await wait.run()
            }
        }
        try WaitCommand.end(ended, answer, on: .output)
    }
}
