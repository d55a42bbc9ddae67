// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation
import JobFiles

/// `muster add`.
struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add jobs to an open jobset.",
        usage: """
            muster add <id> <file> [--seal] [--total <number>] [--id <uuid>] [--chunk-jobs <number>] \
            [--timeout <seconds>]
            """,
        discussion: """
            A jobset submitted with "open": true does not finish before it is sealed. New jobs follow the existing \
            ones, in the order of the file. Large files are sent in chunks, as with `muster submit`.

            The same jobs added twice are added once, so you can safely repeat the command when in doubt: an \
            addition's id is derived from the jobset and the content. To add the same jobs a second time, set --id to \
            an id of your own; to repeat that addition, use the same id.

            THE FILE
              an object with only the key jobs  {"jobs": [{"environment": ...}, ...]}
              a bare array                      [{"environment": ...}, ...]
              JSON lines, one job per line      {"environment": ...}

            EXAMPLES
              muster add ID arm64.json
              make-jobs --environment x86_64 | muster add ID - --seal
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Argument(
        help: ArgumentHelp("The jobs; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["json", "jsonl", "ndjson"])
    )
    var file: String

    @Flag(help: "Seal the jobset when the jobs have been added.")
    var seal = false

    @Option(
        help: ArgumentHelp(
            "The final number of jobs: the jobset seals itself when it has them.",
            valueName: "number"
        )
    )
    var total: Int?

    @Option(
        help: ArgumentHelp("An id of your own for the addition.", valueName: "uuid")
    )
    var id: UUID?

    @Option(help: ArgumentHelp("How long to wait for ingest's answer to each message.", valueName: "seconds"))
    var timeout = Seconds(whole: 30)

    @OptionGroup var chunks: ChunkJobs
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if let total, total < 0 { throw ValidationError("A total is a number from 0.") }
    }

    func run() async throws {
        let object = try await options.connected(to: jobset) { fleet, jobset in
            let addition = FileAddition(
                fleet: fleet,
                jobset: jobset,
                file: try JobFile(path: file),
                id: id,
                declaredTotal: total,
                isSeal: seal,
                chunkJobs: chunks.number?.value,
                timeout: timeout
            )
            let (added, skipped) = try await addition.run()
            // It may well be sealed by an earlier try, and even have finished.
            if seal { try await Self.seal(jobset, in: fleet) }
            return AddedJobs(try await fleet.jobset(jobset), added: added, skipped: skipped)
        }
        try answer.show(Self.facts(object), object)
    }

    private static func seal(_ jobset: UUID, in fleet: any FleetConnection) async throws {
        do {
            _ = try await fleet.seal(jobset)
        } catch FleetRefusal.alreadyFinished {
            // And so is sealed.
        }
    }

    /// What the addition did, for people.
    static func facts(_ addition: AddedJobs) -> Facts {
        Facts(pairs: [
            ("added", VerdictLine.jobs(addition.added)),
            ("already present", addition.inBefore == 0 ? nil : VerdictLine.jobs(addition.inBefore)),
            ("jobs", VerdictLine.jobs(addition.total)),
            ("declared", StatusCommand.declared(addition.declaredTotal, has: addition.total)),
            ("sealed", addition.isSealed ? "yes" : "no"),
        ])
    }
}
