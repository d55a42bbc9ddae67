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
            transaction; then it builds new indexes, without blocking anybody. Several machines can run it at once: one \
            does the work, the others wait and find it done. Run it with each new version, before its workers start. \
            Workers of the version before can continue to work, and can be started again.

            It has no time limit, but it waits for a table for at most three seconds at a time, since the fleet waits \
            behind it. It says which session it is waiting for. After 20 tries it ends and nothing has changed.

            With --contract, it also removes what only older versions use. Run that when no worker of an older version is \
            left: any that are still running then stop.

            With --reader, it also lets a role of the database read the views of the schema dashboard, and nothing else.
            """
    )

    /// What `--output json` prints.
    struct Answer: Encodable {
        let before: Int
        let after: Int
        let contracted: [Int]
        let canContract: Bool
        let reader: DashboardReader?
    }

    @Flag(help: "Also remove what only older versions of Muster use.")
    var contract = false

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
        let (outcome, reader) = try await access.withUncheckedStore { [reader, contract] store in
            let outcome = try await store.migrate(contracting: contract) { delay in
                StandardStream.error.line("muster migrate: \(delay)")
            }
            guard let reader else { return (outcome, DashboardReader?.none) }
            return (outcome, try await store.addDashboardReader(reader))
        }
        if contract, outcome.after > FleetStore.schemaVersion {
            throw CommandFailure(
                .usage,
                "the database has schema version \(outcome.after), and this program knows versions up to "
                    + "\(FleetStore.schemaVersion): nothing was removed",
                "  run `muster migrate --contract` of the version that upgraded the database"
            )
        }
        if answer.output == .json {
            return try answer.show(
                Answer(
                    before: outcome.before,
                    after: outcome.after,
                    contracted: outcome.contracted,
                    canContract: outcome.canContract,
                    reader: reader
                )
            )
        }
        for line in Self.lines(outcome) { StandardStream.output.line(line) }
        if let reader { StandardStream.output.line(Self.words(reader)) }
    }

    /// Who may read the views now.
    static func words(_ reader: DashboardReader) -> String {
        let reads = "the role \"\(reader.name)\" can read the views of the schema \"\(reader.schema)\""
        return reader.isNew ? "created a role without a password: \(reads)" : reads
    }

    /// What was done, and what can be done next.
    static func lines(_ outcome: MigrationOutcome) -> [String] {
        var lines = [
            outcome.before == outcome.after
                ? "the database already has schema version \(outcome.after)"
                : "upgraded the database from schema version \(outcome.before) to \(outcome.after)"
        ]
        if outcome.before > 0, !outcome.contracted.isEmpty {
            let versions = outcome.contracted.map(String.init).joined(separator: ", ")
            lines.append("ran the contractions of steps \(versions)")
        }
        if outcome.canContract {
            lines.append("when no worker of an older version is left, run `muster migrate --contract`")
        }
        return lines
    }
}
