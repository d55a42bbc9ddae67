// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetRuntime
import FleetStore

/// `muster backend resume`.
struct BackendResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Submit to a lab again, whatever kept jobs from it.",
        discussion: """
            Lifts a pause. A lab that is `stopped` or `broken` is tried again at once; should it still refuse or \
            fail, it is as before.
            """
    )

    @Argument(help: ArgumentHelp("The lab, as the configuration names it.", valueName: "backend"))
    var name: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        try BackendPauseCommand.show(try await options.connected { try await $0.resume(name) }, answer)
    }
}
