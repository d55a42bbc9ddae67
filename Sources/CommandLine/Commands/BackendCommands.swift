// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetRuntime

/// `muster backends`.
struct BackendsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backends",
        abstract: "List the labs, with their state and their jobs.",
        discussion: """
            Jobs for a lab that is not `ok` wait. It is `paused` by an operator, `stopped` because it rejects Muster's \
            token, `broken` because it failed too often in a row, or `probing` while one job tries it again; REASON \
            says why. WATCHED shows how Muster learns that jobs have ended: from the lab's event stream, or only by \
            polling. `muster doctor` queries the labs themselves.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let backends = try await options.connected { try await $0.backends() }
        try answer.show(
            Self.table(backends),
            backends,
            orNothing: "no labs are configured: add one under backends"
        )
    }

    /// The labs as a table.
    static func table(_ backends: [Backend]) -> Table {
        Table(
            columns: [
                .init("BACKEND"), .init("STATE"), .init("SINCE"), .init("WAITING"), .init("IN LAB"), .init("WATCHED"),
                .init("CONTACT"), .init("REASON", canShrink: true), .init("URL", canShrink: true),
            ],
            rows: backends.map { backend in
                [
                    .text(backend.name), .text(backend.state), .time(backend.since), .number(backend.waiting),
                    .number(backend.inLab), .text(backend.eventsSince == nil ? "polls" : "events"),
                    .time(backend.lastContactAt), .text(backend.reason ?? backend.currentError), .text(backend.url),
                ]
            }
        )
    }
}

/// `muster backend`.
struct BackendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backend",
        abstract: "Stop sending jobs to a lab, or resume.",
        discussion: """
            EXAMPLES
              muster backend pause lab-a --reason "the rack is being moved"
              muster backend resume lab-a
            """,
        subcommands: [BackendPauseCommand.self, BackendResumeCommand.self]
    )
}

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

    @Argument(
        help: ArgumentHelp("The name of the lab in the configuration.", valueName: "backend"),
        completion: .backends
    )
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

    @Argument(
        help: ArgumentHelp("The name of the lab in the configuration.", valueName: "backend"),
        completion: .backends
    )
    var name: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        try BackendPauseCommand.show(try await options.connected { try await $0.resume(name) }, answer)
    }
}
