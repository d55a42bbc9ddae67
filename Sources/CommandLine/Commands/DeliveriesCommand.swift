// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster deliveries`.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List the reports and callbacks of a jobset, and how far each has come.",
        discussion: """
            EVENT is what they tell of: finished, first_failure, deadline or canceled, as far as the jobset's document \
            asks for them; a retried jobset has those of each generation.

            `due` is tried again at the time shown, `delivered` was taken by its receiver, `failed` has been given up. \
            The query of a receiver's address is not shown, since it may hold a token.

            `muster delivery` takes a DELIVERY and shows each of its tries, `muster redeliver` sends it again. FAILING \
            says since when its receiver has taken nothing at all, once that has lasted for days.
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
            orNothing: "there are none yet: they are made when what they tell of has happened"
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
                    .text(delivery.event), .text(delivery.kind), .text(delivery.receiver.masked),
                    .text(delivery.state), .number(delivery.tries), .time(delivery.dueAt),
                    .text(delivery.lastStatus.map(String.init)), .text(delivery.lastError),
                    .time(delivery.receiverFailingSince), .text(delivery.id.text),
                ]
            }
        )
    }
}
