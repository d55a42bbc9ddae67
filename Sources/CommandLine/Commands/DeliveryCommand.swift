// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster delivery`.
struct DeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery",
        abstract: "Show each try of a delivery, with its time, duration and the receiver's answer.",
        discussion: """
            Shows the latest 100 tries. When a delivery is over, its tries are kept for notifier.log_kept_seconds. \
            --output json has everything that is stored of an answer (notifier.response_excerpt_bytes); the table \
            shows its beginning.
            """
    )

    @Argument(
        help: ArgumentHelp("The delivery: a DELIVERY from `muster deliveries`, or a webhook-id.", valueName: "id")
    )
    var delivery: DeliveryID

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let tries = try await options.connected { try await $0.tries(of: delivery.id) }
        try answer.show(
            Self.table(tries),
            tries,
            orNothing: "it has not been tried yet, or its tries are no longer stored"
        )
    }

    /// The tries as a table.
    static func table(_ tries: [DeliveryTry]) -> Table {
        Table(
            columns: [
                .init("TRY"), .init("BEGAN"), .init("MS"), .init("STATUS"), .init("ERROR", canShrink: true),
                .init("ANSWER", canShrink: true),
            ],
            rows: tries.map { one in
                [
                    .number(one.number), .time(one.startedAt), .number(one.milliseconds),
                    .text(one.status.map(String.init)), .text(one.error),
                    .text(one.response.map { String($0.prefix(200)) }),
                ]
            }
        )
    }
}
