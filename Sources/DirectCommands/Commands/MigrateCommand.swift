// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLine
import FleetRuntime
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

            With --reader, it also lets a role of the database read the views of the schema dashboard, and nothing else.
            """
    )

    /// What `--output json` prints.
    struct Answer: Encodable {
        let before: Int
        let after: Int
        let reader: DashboardReader?
    }

    @Option(
        help: ArgumentHelp(
            "A role that is to read the dashboard's views; it is created if there is none.",
            valueName: "role"
        )
    )
    var reader: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let access = try options.access(to: "migrate", "it changes the database itself", secrets: .servers)
        let (outcome, reader) = try await access.withUncheckedStore { [reader] store in
            let outcome = try await store.migrate()
            guard let reader else { return (outcome, DashboardReader?.none) }
            return (outcome, try await store.addDashboardReader(reader))
        }
        if answer.output == .json {
            return try answer.show(Answer(before: outcome.before, after: outcome.after, reader: reader))
        }
        StandardStream.output.line(Self.words(outcome))
        if let reader { StandardStream.output.line(Self.words(reader)) }
    }

    /// Who may read the views now.
    static func words(_ reader: DashboardReader) -> String {
        let reads = "the role \"\(reader.name)\" can read the views of the schema \"\(reader.schema)\""
        return reader.isNew ? "created a role without a password: \(reads)" : reads
    }

    /// What was done, in a sentence.
    static func words(_ outcome: MigrationOutcome) -> String {
        outcome.before == outcome.after
            ? "the database already has schema version \(outcome.after)"
            : "upgraded the database from schema version \(outcome.before) to \(outcome.after)"
    }
}
