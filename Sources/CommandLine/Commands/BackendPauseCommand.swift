// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetRuntime
import FleetStore

/// `muster backend pause`.
struct BackendPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Submit nothing to a lab until it is resumed.",
        discussion: """
            Its jobs wait, and are not given up for it. What the lab has already goes on and is counted when it comes \
            back. Pausing a lab twice does no harm.
            """
    )

    @Argument(help: ArgumentHelp("The lab, as the configuration names it.", valueName: "backend"))
    var name: String

    @Option(help: ArgumentHelp("Why; it is shown to whoever wonders.", valueName: "text"))
    var reason: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        try Self.show(try await options.connected { try await $0.pause(name, reason: reason) }, answer)
    }

    /// The lab as it stands now.
    static func show(_ backend: Backend, _ answer: OutputOptions) throws {
        if answer.output == .json { return try answer.show(backend) }
        try answer.show(BackendsCommand.table([backend]), [backend], orNothing: "")
    }
}
