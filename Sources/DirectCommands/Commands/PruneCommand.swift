// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLine
import Fleet
import FleetRuntime
import FleetStore
import Foundation

/// `muster prune`.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove what is not kept any longer, or show what that is.",
        discussion: """
            Watchers do this by themselves, step by step. The configuration says how long the results, definitions and \
            reports of finished jobsets are kept, and the jobsets themselves: `retention` and \
            `projects.*.retention`. Without these keys everything is kept.

            EXAMPLES
              muster prune --dry-run
              muster prune
            """
    )

    @Flag(help: "Only show what would be removed.")
    var dryRun = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let access = try options.access(to: "prune", "it changes the database itself")
        let rules = access.configuration.retentionRules
        let expired = try await access.withStore { try await $0.expired(rules) }
        try answer.show(Self.table(expired), expired, orNothing: "nothing is due to be removed")
        guard !dryRun else { return }
        try await access.withStore { store in
            var giveUp = ContinuousClock.now + Self.patience
            while ContinuousClock.now < giveUp {
                if try await store.removeExpired(rules) != nil {
                    giveUp = .now + Self.patience
                    continue
                }
                if try await store.isRemovalOver(rules) { return }
                try await Task.sleep(for: .milliseconds(200))
            }
            throw CommandFailure(.unreachable, "a watcher has been removing for \(Self.patience); run it again later")
        }
    }

    /// How long it waits for a watcher that is removing.
    private static let patience = Duration.seconds(600)

    /// What is due, as a table.
    static func table(_ expired: [ExpiredJobsets]) -> Table {
        Table(
            columns: [.init("PROJECT", canShrink: true), .init("PART"), .init("JOBSETS"), .init("OLDEST FINISHED")],
            rows: expired.map { expired in
                [
                    .text(expired.project), .text(expired.part.rawValue), .number(expired.jobsets),
                    .time(expired.oldestFinishedAt),
                ]
            }
        )
    }
}
