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
            What the configuration says of a lab beside what the fleet knows of it. Jobs for a lab that is not `ok` \
            wait: `paused` by a person, `stopped` because it refuses our token, `broken` because it failed too often \
            in a row, `probing` while one job tries it again. The reason stands beside it. WATCHED says how the ends \
            of its jobs are learned: by its event stream, or by polls alone. `muster doctor` asks the labs themselves.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let backends = try await options.connected { try await $0.backends() }
        try answer.show(
            Self.table(backends),
            backends,
            orNothing: "there are no backends: add one to the configuration"
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
