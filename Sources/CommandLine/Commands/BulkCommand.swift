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
