// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetObjects
import FleetStore

/// `muster rejected`.
struct RejectedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejected",
        abstract: "List the documents that were refused, or show one with all that is wrong with it.",
        discussion: """
            EXAMPLES
              muster rejected
              muster rejected 7
              muster rejected 7 --body > refused.json
            """
    )

    @Argument(help: ArgumentHelp("A document's number in the list.", valueName: "number"))
    var number: Int?

    @Flag(help: "Print what was kept of the document itself.")
    var body = false

    @Option(help: ArgumentHelp("List at most so many.", valueName: "number"))
    var limit = CountLimit(20)

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    /// Among how many of the latest documents one is looked for.
    private static let searchLimit = 100_000

    func validate() throws {
        if body, number == nil { throw ValidationError("--body needs the number of a document.") }
    }

    func run() async throws {
        let access = try FleetAccess(fleet)
        if let number, body {
            try await showBody(of: number, access)
        } else if let number {
            try await showFaults(of: number, access)
        } else {
            let limit = limit.value
            let documents = try await access.withStore { try await $0.rejectedDocuments(limit: limit) }
            try answer.show(
                Self.table(documents),
                documents.map { RejectedObject($0) },
                orNothing: "no document was refused"
            )
        }
    }

    private func showBody(of number: Int, _ access: FleetAccess) async throws {
        guard let body = try await access.withStore({ try await $0.rejectedBody(id: number) }) else {
            throw Self.unknown(number)
        }
        guard Terminal.output.isTerminal else { return StandardStream.output.write(body) }
        StandardStream.output.line(HarmlessText.block(String(decoding: body, as: UTF8.self)))
    }

    private func showFaults(of number: Int, _ access: FleetAccess) async throws {
        let documents = try await access.withStore { try await $0.rejectedDocuments(limit: Self.searchLimit) }
        guard let document = documents.first(where: { $0.id == number }) else { throw Self.unknown(number) }
        try answer.show(Self.facts(document), RejectedObject(document))
        guard answer.output == .text else { return }
        for fault in document.problem.errors {
            StandardStream.output.line("  \(HarmlessText.line(fault.description))")
        }
    }

    private static func unknown(_ number: Int) -> CommandFailure {
        CommandFailure(.usage, "there is no refused document \(number)", "  `muster rejected` lists them")
    }

    /// One document, for people; its faults follow.
    static func facts(_ document: RejectedDocument) -> Facts {
        Facts(pairs: [
            ("number", "\(document.id)"),
            ("message id", document.messageID),
            ("received", Age.stamp(document.receivedAt)),
            ("times", "\(document.times)"),
            ("bytes", "\(document.bodyBytes)"),
            ("problem", "\(document.problem.title): \(document.problem.detail)"),
        ])
    }

    /// The documents as a table.
    static func table(_ documents: [RejectedDocument]) -> Table {
        Table(
            columns: [
                .init("NUMBER"), .init("RECEIVED"), .init("TIMES"), .init("BYTES"), .init("FAULTS"),
                .init("FIRST FAULT", canShrink: true),
            ],
            rows: documents.map { document in
                [
                    .number(document.id), .time(document.receivedAt), .number(document.times),
                    .number(document.bodyBytes), .number(document.problem.errors.count),
                    .text(document.problem.errors.first?.description ?? document.problem.title),
                ]
            }
        )
    }
}
