// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetObjects
import FleetStore
import Foundation

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
            A jobset submitted with "open": true does not finish before it is sealed, however few of its jobs are \
            left. Jobs stand behind those that are there, in the order of the file; large files go in chunks, as with \
            `muster submit`.

            The same jobs added twice are added once, so repeating the command after any doubt is safe: each \
            addition's id comes from the jobset and the content. To add the same jobs a second time, give --id an id \
            of your own; to repeat that, give the same one.

            THE FILE
              an object with jobs and nothing else  {"jobs": [{"environment": ...}, ...]}
              a bare array                          [{"environment": ...}, ...]
              JSON lines, a job a line              {"environment": ...}

            EXAMPLES
              muster add ID arm64.json
              make-jobs --environment x86_64 | muster add ID - --seal
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var jobset: UUID

    @Argument(
        help: ArgumentHelp("The jobs; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["json", "jsonl", "ndjson"])
    )
    var file: String

    @Flag(help: "Seal the jobset once they are in: nothing is added after them.")
    var seal = false

    @Option(
        help: ArgumentHelp(
            "How many jobs the jobset will have in all: it seals itself when they are in.",
            valueName: "number"
        )
    )
    var total: Int?

    @Option(
        help: ArgumentHelp("The addition's id, for a publisher that names its additions itself.", valueName: "uuid")
    )
    var id: UUID?

    @Option(help: ArgumentHelp("How long to wait for ingest's answer, to each message.", valueName: "seconds"))
    var timeout = Seconds(whole: 30)

    @OptionGroup var chunks: ChunkJobs
    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if let total, total < 0 { throw ValidationError("A total is a number from 0.") }
    }

    func run() async throws {
        let access = try FleetAccess(fleet)
        let addition = FileAddition(
            access: access,
            jobset: jobset,
            file: try JobFile(path: file),
            id: id,
            declaredTotal: total,
            isSeal: seal,
            chunkJobs: chunks.number?.value,
            timeout: timeout
        )
        let (added, skipped) = try await addition.run()
        if seal { _ = try await SealCommand.seal(jobset, access, isRepeat: true) }
        let jobset = jobset
        let status = try await access.withStore { store in
            guard let status = try await store.jobset(id: jobset) else { throw CommandFailure.noJobset(jobset) }
            return status
        }
        try answer.show(
            Self.facts(status, added: added, skipped: skipped),
            AdditionObject(status, added: added, skipped: skipped)
        )
    }

    /// What the addition did, for people.
    static func facts(_ status: JobsetStatus, added: Int, skipped: Int) -> Facts {
        Facts(pairs: [
            ("added", VerdictLine.jobs(added)),
            ("in before", skipped == 0 ? nil : VerdictLine.jobs(skipped)),
            ("jobs", VerdictLine.jobs(status.total)),
            ("declared", StatusCommand.declared(status)),
            ("sealed", status.isSealed ? "yes" : "no"),
        ])
    }
}
