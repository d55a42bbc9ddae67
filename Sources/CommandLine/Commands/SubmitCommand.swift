// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation
import JobFiles

/// `muster submit`.
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Submit a jobset and print its id.",
        usage: "muster submit <file> [--wait] [--id <uuid> | --new] [--chunk-jobs <number>] [--timeout <seconds>]",
        discussion: """
            Publishes the document like any AMQP client and waits for ingest's answer. Only the id goes to standard \
            output; the errors of a refused document go to standard error, one per line.

            By default, the id is derived from the content: the same document submitted twice is one jobset, so you \
            can safely repeat the command when in doubt. --id does the same with an id of your own; the same id with \
            different content is refused. --new creates a new jobset each time.

            LARGE FILES
              JSON lines (the document without its jobs on the first line, then one job
              per line), and documents with more bytes or jobs than ingest accepts at
              once, are checked as a whole first; if there is an error, nothing is sent.
              Then they are sent in chunks, as an open jobset that its last chunk seals.
              After any interruption, run the same command again to resume; no job is
              added twice. This also needs the database or, over a server, a token with
              read and submit.

            EXAMPLES
              muster submit jobset.json --wait
              ID=$(make-jobset | muster submit -) && muster wait "$ID"
              muster submit million-jobs.jsonl --chunk-jobs 5000
            """
    )

    @Argument(
        help: ArgumentHelp("The jobset document, or JSON lines; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["json", "jsonl", "ndjson"])
    )
    var file: String

    @Flag(help: "Wait until the last job has finished; the exit status shows the verdict.")
    var wait = false

    @Option(help: ArgumentHelp("An id of your own for the jobset.", valueName: "uuid"))
    var id: UUID?

    @Flag(name: .customLong("new"), help: "Create a new jobset, even if the same document was submitted before.")
    var isNew = false

    @Option(help: ArgumentHelp("How long to wait for ingest's answer to each message.", valueName: "seconds"))
    var timeout = Seconds(whole: 30)

    @OptionGroup var chunks: ChunkJobs
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if isNew, id != nil { throw ValidationError("--id and --new exclude each other.") }
    }

    func run() async throws {
        try await options.connected { try await run(in: $0) }
    }

    private func run(in fleet: any FleetConnection) async throws {
        let submission = JobsetSubmission(
            fleet: fleet,
            file: try JobFile(path: file),
            id: isNew ? UUID() : id,
            chunkJobs: chunks.number?.value,
            timeout: timeout
        )
        let accepted = try await submission.run()
        if !wait, answer.output == .json {
            return try answer.show(AcceptedJobset(id: accepted.id, total: accepted.total))
        }
        if answer.output == .text { StandardStream.output.line(accepted.id.text) }
        StandardStream.error.line("accepted: \(accepted.total) \(accepted.total == 1 ? "job" : "jobs")")
        if let page = fleet.page(of: accepted.id) { StandardStream.error.line("page: \(page)") }
        guard wait else { return }
        let jobset = try await Interruption.telling(.stoppedWaiting(for: accepted.id)) {
            try await JobsetWait(fleet: fleet, id: accepted.id, timeout: nil).run()
        }
        try WaitCommand.end(jobset, answer, on: .error)
    }
}

/// How many jobs of a large file go into one message: an option of `submit` and `add`.
struct ChunkJobs: ParsableArguments {
    @Option(
        name: .customLong("chunk-jobs"),
        help: ArgumentHelp(
            "Maximum number of jobs in one message. (default: 10000, and at most a quarter of ingest's limit)",
            valueName: "number"
        )
    )
    var number: CountLimit?
}
