// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster bulk`.
struct BulkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulk",
        abstract: "Cancel, retry or redeliver many jobsets at once.",
        discussion: """
            The options say which jobsets; at least one is required. With --environment, --backend or --reason-contains, \
            only matching jobs are canceled or re-run, and the others of these jobsets are left alone. Without --yes \
            nothing is done: the command shows what it would do. Each jobset is changed by itself, and one that can't be \
            changed is listed with the reason.

            EXAMPLES
              muster bulk cancel --project next --label branch=topic --reason "branch deleted" --yes
              muster bulk cancel --environment rpi4 --backend lab-a
              muster bulk retry --reason-contains "no power" --created-after 2026-11-29T00:00:00Z --yes
              muster bulk redeliver --group kernel --limit 1000 --yes
            """,
        subcommands: [BulkCancelCommand.self, BulkRetryCommand.self, BulkRedeliverCommand.self]
    )

    /// The outcome, for people: a table of the jobsets, and on standard error what it comes to.
    static func show(_ outcome: BulkOutcome, _ answer: OutputOptions) throws {
        try answer.show(table(outcome), outcome, orNothing: "no jobsets match")
        guard answer.output == .text, !outcome.items.isEmpty || outcome.forbidden > 0 else { return }
        StandardStream.error.line(outcome.words)
        if outcome.isPreview { StandardStream.error.line("Nothing was done; --yes does it.") }
    }

    private static func table(_ outcome: BulkOutcome) -> Table {
        let what = outcome.action == .redeliver ? "DELIVERIES" : "JOBS"
        return Table(
            columns: [
                .init("JOBSET"), .init("BUILD", canShrink: true), .init(what), .init("REFUSED", canShrink: true),
            ],
            rows: outcome.items.map { item in
                [
                    .text(item.jobset.text), .text(item.build),
                    .text((item.jobs ?? item.deliveries).map { "\($0)" }), .text(item.reason),
                ]
            }
        )
    }
}

/// `muster bulk cancel`.
struct BulkCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel running jobsets, or their jobs in one environment or lab."
    )

    @OptionGroup(title: "Which jobsets") var bulk: BulkOptions

    @Option(help: ArgumentHelp("Why, shown in reports and callbacks.", valueName: "text"))
    var reason: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        try BulkCommand.show(
            try await options.connected { try await bulk.run(.cancel, reason: reason, in: $0) },
            answer
        )
    }
}

/// `muster bulk retry`.
struct BulkRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Re-run failed jobs of finished jobsets."
    )

    @OptionGroup(title: "Which jobsets") var bulk: BulkOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        try BulkCommand.show(try await options.connected { try await bulk.run(.retry, in: $0) }, answer)
    }
}

/// `muster bulk redeliver`.
struct BulkRedeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeliver",
        abstract: "Repeat deliveries that were given up."
    )

    @OptionGroup(title: "Which jobsets") var bulk: BulkOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        try BulkCommand.show(try await options.connected { try await bulk.run(.redeliver, in: $0) }, answer)
    }
}

/// Which jobsets something is to be done to, and whether it is to be done or shown.
struct BulkOptions: ParsableArguments {
    @OptionGroup var conditions: JobsetConditions

    @Option(
        help: ArgumentHelp(
            "Only jobs with this text in their reason, or deliveries with it in their last error.",
            valueName: "text"
        )
    )
    var reasonContains: String?

    @Option(help: ArgumentHelp("Maximum number of jobsets.", valueName: "number"))
    var limit = CountLimit(100)

    @Flag(help: "Do it. Without this option, the command only shows what it would do.")
    var yes = false

    /// What is to be done to the jobsets beyond a place.
    func request(_ action: BulkAction, after place: JobsetPlace?, limit: Int) -> BulkRequest {
        var filter = conditions.filter(limit: limit)
        filter.after = place
        return BulkRequest(action, filter, reason: reasonContains)
    }

    mutating func validate() throws {
        if request(.cancel, after: nil, limit: 1).isForEverything {
            throw ValidationError("Say which jobsets, for example with --project or --created-after.")
        }
    }

    /// Asks for it, a page of jobsets after the other, up to the limit.
    func run(_ action: BulkAction, reason: String? = nil, in fleet: any FleetConnection) async throws -> BulkOutcome {
        var whole: BulkOutcome?
        while true {
            let place = whole?.nextCursor.flatMap { Cursor($0, parts: 2) }.flatMap { JobsetPlace($0) }
            let rest = limit.value - (whole?.items.count ?? 0)
            let page = try await fleet.bulk(
                request(action, after: place, limit: min(rest, BulkRequest.maximumLimit)),
                isPreview: !yes,
                reason: reason
            )
            let outcome = whole.map { $0.followed(by: page) } ?? page
            guard page.nextCursor != nil, !page.items.isEmpty, outcome.items.count < limit.value else { return outcome }
            whole = outcome
        }
    }
}
