// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetStore

/// `muster migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Upgrade the database to the schema of this version.",
        discussion: """
            Creates the tables in an empty database, and applies the missing steps to an older one, all in one \
            transaction. Several machines can run it at once: one does the work, the others wait and find it done. Run \
            it with each new version, before its workers start. It has no time limit, but if another session holds a \
            lock on a table for half a minute, it ends and nothing has changed.
            """
    )

    /// What `--output json` prints.
    struct Answer: Encodable {
        let before: Int
        let after: Int
    }

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let outcome = try await options.access(to: "migrate", "it changes the database itself").withUncheckedStore {
            try await $0.migrate()
        }
        if answer.output == .json {
            return try answer.show(Answer(before: outcome.before, after: outcome.after))
        }
        StandardStream.output.line(Self.words(outcome))
    }

    /// What was done, in a sentence.
    static func words(_ outcome: MigrationOutcome) -> String {
        outcome.before == outcome.after
            ? "the database already has schema version \(outcome.after)"
            : "upgraded the database from schema version \(outcome.before) to \(outcome.after)"
    }
}
