// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetRuntime
import FleetStore

/// `muster backend resume`.
struct BackendResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Resume sending jobs to a lab, whatever the reason why it gets none.",
        discussion: """
            Ends a pause. A lab that is `stopped` or `broken` is tried again at once; if it still refuses or fails, it \
            returns to that state.
            """
    )

    @Argument(help: ArgumentHelp("The name of the lab in the configuration.", valueName: "backend"))
    var name: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        try BackendPauseCommand.show(try await options.connected { try await $0.resume(name) }, answer)
    }
}
