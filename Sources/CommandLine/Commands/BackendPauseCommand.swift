// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetRuntime
import FleetStore

/// `muster backend pause`.
struct BackendPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop sending jobs to a lab until it is resumed.",
        discussion: """
            Jobs for the lab wait; the pause ends none of them. Jobs that are already in the lab continue and are \
            counted. Pausing a lab twice is harmless.
            """
    )

    @Argument(help: ArgumentHelp("The name of the lab in the configuration.", valueName: "backend"))
    var name: String

    @Option(help: ArgumentHelp("The reason, shown in the dashboard and by `muster backends`.", valueName: "text"))
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
