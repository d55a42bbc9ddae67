// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster deliveries`.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List the reports, callbacks and mails of a jobset with their delivery status.",
        discussion: """
            EVENT is the event that they report: finished, or first_failure, deadline or canceled if the jobset \
            document asks for them. A retried jobset has deliveries for each generation.

            A delivery that is `due` is tried again at the time shown; `delivered` means that its receiver accepted \
            it, `failed` that it was given up, `skipped` that the mail is not wanted, for the reason shown. The query of a receiver's URL is not shown, because it can contain a \
            token.

            `muster delivery` shows each try of a delivery, `muster redeliver` sends it again. FAILING shows since \
            when a receiver has accepted nothing, if that has lasted for days.
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let objects = try await options.connected { try await $0.deliveries(of: id) }
        try answer.show(
            Self.table(objects),
            objects,
            orNothing: "no deliveries yet: each is created when its event happens"
        )
    }

    /// The deliveries as a table.
    static func table(_ deliveries: [Delivery]) -> Table {
        Table(
            columns: [
                .init("EVENT"), .init("KIND"), .init("RECEIVER", canShrink: true), .init("STATE"), .init("TRIES"),
                .init("NEXT TRY"),
                .init("STATUS"), .init("LAST ERROR", canShrink: true), .init("FAILING"),
                .init("DELIVERY", canShrink: true),
            ],
            rows: deliveries.map { delivery in
                [
                    .text(delivery.event), .text(delivery.label), .text(delivery.receiver.masked),
                    .text(delivery.state), .number(delivery.tries), .time(delivery.dueAt),
                    .text(delivery.lastStatus.map(String.init)), .text(delivery.lastError),
                    .time(delivery.receiverFailingSince), .text(delivery.id.text),
                ]
            }
        )
    }
}
