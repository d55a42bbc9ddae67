// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetRuntime
import FleetStore

/// `muster backends`.
struct BackendsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backends",
        abstract: "List the labs: what waits for each, what each has, and what was last heard of it.",
        discussion: """
            What the configuration says of a lab beside what the fleet knows of it. Nothing is submitted to a lab that \
            is `stopped`; its jobs wait, and the reason stands beside it. `muster doctor` asks the labs themselves.
            """
    )

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let access = try FleetAccess(fleet)
        let known = try await access.withStore { try await $0.backendStatuses() }
        let backends = BackendObject.all(configured: access.configuration.backends, known: known)
        try answer.show(
            Self.table(backends),
            backends,
            orNothing: "there are no backends: add one to the configuration"
        )
    }

    /// The labs as a table.
    static func table(_ backends: [BackendObject]) -> Table {
        Table(
            columns: [
                .init("BACKEND"), .init("URL", canShrink: true), .init("STATE"), .init("WAITING"), .init("IN LAB"),
                .init("LAST CONTACT"), .init("LAST ERROR", canShrink: true),
            ],
            rows: backends.map { backend in
                [
                    .text(backend.name), .text(backend.url), .text(backend.state), .number(backend.waiting),
                    .number(backend.inLab), .time(backend.lastContactAt),
                    .text(backend.stoppedReason ?? backend.lastError),
                ]
            }
        )
    }
}
