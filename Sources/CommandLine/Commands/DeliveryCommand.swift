// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster delivery`.
struct DeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery",
        abstract: "Show each try of a delivery: when, how long, and what its receiver answered.",
        discussion: """
            The latest 100 tries. Tries of a delivery that is over are kept for a while \
            (notifier.log_kept_seconds). --output json has all that is kept of an answer \
            (notifier.response_excerpt_bytes), the table its beginning.
            """
    )

    @Argument(help: ArgumentHelp("The delivery: DELIVERY of `muster deliveries`, or a webhook-id.", valueName: "id"))
    var delivery: DeliveryID

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let tries = try await options.connected { try await $0.tries(of: delivery.id) }
        try answer.show(
            Self.table(tries),
            tries,
            orNothing: "it has not been tried, or its tries are not kept any more"
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
