// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetRuntime
import FleetStore

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
