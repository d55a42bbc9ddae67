// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster redeliver`.
struct RedeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeliver",
        abstract: "Deliver a report or a callback again.",
        usage: """
            muster redeliver <delivery>
            muster redeliver --failed <jobset>
            """,
        discussion: """
            Starts a full new round of tries, as often as you like. The webhook-id and the body stay the same, so a \
            receiver that stores ids drops duplicates; earlier tries are kept. A delivery that is still due is tried \
            at once.
            """
    )

    @Argument(
        help: ArgumentHelp("The delivery: a DELIVERY from `muster deliveries`, or a webhook-id.", valueName: "delivery")
    )
    var delivery: DeliveryID?

    @Option(help: ArgumentHelp("All deliveries of this jobset that were given up.", valueName: "jobset"))
    var failed: UUID?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if (delivery == nil) == (failed == nil) {
            throw ValidationError("Name a delivery, or use --failed with a jobset.")
        }
    }

    func run() async throws {
        let objects = try await options.connected { fleet in
            if let failed { return try await fleet.redeliverFailed(of: failed) }
            guard let delivery else { return [] }
            return try await fleet.redeliver(delivery.id)
        }
        try answer.show(
            Table(columns: [.init("REDELIVERED")], rows: objects.map { [.text($0.id.text)] }),
            objects,
            orNothing: "no delivery of this jobset was given up"
        )
    }
}
