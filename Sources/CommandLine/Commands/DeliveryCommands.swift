// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
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

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let objects = try await options.connected(to: jobset) { try await $0.deliveries(of: $1) }
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

    @Option(
        help: ArgumentHelp("All deliveries of this jobset that were given up.", valueName: "jobset"),
        completion: .jobsets
    )
    var failed: JobsetReference?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if (delivery == nil) == (failed == nil) {
            throw ValidationError("Name a delivery, or use --failed with a jobset.")
        }
    }

    func run() async throws {
        let objects = try await options.connected { fleet in
            if let failed { return try await fleet.redeliverFailed(of: try await failed.id(in: fleet)) }
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
