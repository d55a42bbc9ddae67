// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation

/// `muster submit`.
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Hand a jobset to the fleet and print its id.",
        usage: "muster submit <file> [--wait] [--id <uuid> | --new] [--timeout <seconds>]",
        discussion: """
            Publishes the document as any AMQP client would and waits for ingest's answer. Standard output gets the \
            id and nothing else; whatever is wrong with a refused document goes to standard error, one fault a line.

            Without --id and --new the id comes from the content: the same document submitted twice is one jobset, \
            so repeating the command after any doubt is safe. --id does the same under an id of your own; the same \
            id with another content is refused. --new makes a jobset of its own each time.

            EXAMPLES
              muster submit jobset.json --wait
              ID=$(make-jobset | muster submit -) && muster wait "$ID"
            """
    )

    @Argument(
        help: ArgumentHelp("The jobset document; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var file: String

    @Flag(help: "Wait until the last job has come back; the exit status tells the verdict.")
    var wait = false

    @Option(help: ArgumentHelp("The jobset's id, for a publisher that names its jobsets itself.", valueName: "uuid"))
    var id: UUID?

    @Flag(name: .customLong("new"), help: "Make a jobset of its own, even if the same document was submitted before.")
    var isNew = false

    @Option(help: ArgumentHelp("How long to wait for ingest's answer.", valueName: "seconds"))
    var timeout = Seconds(whole: 30)

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if isNew, id != nil { throw ValidationError("--id and --new exclude each other.") }
    }

    func run() async throws {
        let access = try FleetAccess(fleet)
        let body = try JobsetSource(path: file).read(limit: access.configuration.ingest.maximumDocumentBytes)
        let accepted = try await submit(body, to: access)
        if !wait, answer.output == .json {
            return try answer.show(AcceptedObject(id: accepted.id, total: accepted.total))
        }
        if answer.output == .text { StandardStream.output.line(accepted.id.text) }
        StandardStream.error.line("accepted: \(accepted.total) \(accepted.total == 1 ? "job" : "jobs")")
        guard wait else { return }
        let status = try await InterruptWatch.run(onInterrupt: .stoppedWaiting(for: accepted.id)) {
            try await JobsetWait(access: access, id: accepted.id, timeout: nil).run()
        }
        try WaitCommand.end(status, answer, on: .error)
    }

    private func submit(_ body: [UInt8], to access: FleetAccess) async throws -> (id: UUID, total: Int) {
        let id = isNew ? UUID() : id
        let submission = JobsetSubmission(access: access, body: body, id: id, timeout: timeout.duration)
        let interrupted = CommandFailure(
            .interrupted,
            "interrupted; the document may have been taken in, submit it again to see"
        )
        switch try await InterruptWatch.run(onInterrupt: interrupted, { try await submission.run() }) {
        case .answered(.accepted(let id, let total)):
            return (id, total)
        case .answered(.refused(let problem)):
            throw SubmissionWords.refusal(problem)
        case .unanswered(let consumers):
            throw SubmissionWords.silence(
                queue: access.topology.jobsets,
                consumers: consumers,
                after: timeout,
                id: id
            )
        }
    }
}
