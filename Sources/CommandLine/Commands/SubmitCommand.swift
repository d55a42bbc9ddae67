// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation
import JobFiles

/// `muster submit`.
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Hand a jobset to the fleet and print its id.",
        usage: "muster submit <file> [--wait] [--id <uuid> | --new] [--chunk-jobs <number>] [--timeout <seconds>]",
        discussion: """
            Publishes the document as any AMQP client would and waits for ingest's answer. Standard output gets the \
            id and nothing else; whatever is wrong with a refused document goes to standard error, one fault a line.

            Without --id and --new the id comes from the content: the same document submitted twice is one jobset, \
            so repeating the command after any doubt is safe. --id does the same under an id of your own; the same \
            id with another content is refused. --new makes a jobset of its own each time.

            LARGE FILES
              JSON lines (the document without its jobs on the first line, then one job
              a line), and documents with more bytes or jobs than ingest takes at once,
              are looked through first, so that nothing is sent of a file with a fault.
              Then they go in chunks: an open jobset, which its last job seals.
              Whatever stops that, the same command goes on where it was, and no job
              is taken in twice. This needs the database as well; over a server, a
              token that may read and submit.

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

    @Flag(help: "Wait until the last job has come back; the exit status tells the verdict.")
    var wait = false

    @Option(help: ArgumentHelp("The jobset's id, for a publisher that names its jobsets itself.", valueName: "uuid"))
    var id: UUID?

    @Flag(name: .customLong("new"), help: "Make a jobset of its own, even if the same document was submitted before.")
    var isNew = false

    @Option(help: ArgumentHelp("How long to wait for ingest's answer, to each message.", valueName: "seconds"))
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
        guard wait else { return }
        let jobset = try await Interruption.telling(.stoppedWaiting(for: accepted.id)) {
            try await JobsetWait(fleet: fleet, id: accepted.id, timeout: nil).run()
        }
        try WaitCommand.end(jobset, answer, on: .error)
    }
}
