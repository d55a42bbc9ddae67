// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster rejected`.
struct RejectedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejected",
        abstract: "List refused documents, or show one with all its errors.",
        discussion: """
            EXAMPLES
              muster rejected
              muster rejected 7
              muster rejected 7 --body > refused.json
            """
    )

    @Argument(help: ArgumentHelp("The document's number in the list.", valueName: "number"))
    var number: Int?

    @Flag(help: "Print the stored part of the document itself.")
    var body = false

    @Option(help: ArgumentHelp("Maximum number of rows.", valueName: "number"))
    var limit = CountLimit(20)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if body, number == nil { throw ValidationError("--body needs the number of a document.") }
    }

    func run() async throws {
        try await options.connected { fleet in
            if let number, body {
                try await showBody(of: number, fleet)
            } else if let number {
                try await showFaults(of: number, fleet)
            } else {
                let documents = try await fleet.rejected(limit: limit.value)
                try answer.show(Self.table(documents), documents, orNothing: "there are no refused documents")
            }
        }
    }

    private func showBody(of number: Int, _ fleet: any FleetConnection) async throws {
        let body = try await fleet.rejectedBody(number: number)
        guard Terminal.output.isTerminal else { return StandardStream.output.write(body) }
        StandardStream.output.line(HarmlessText.block(String(decoding: body, as: UTF8.self)))
    }

    private func showFaults(of number: Int, _ fleet: any FleetConnection) async throws {
        let document = try await fleet.rejected(number: number)
        try answer.show(Self.facts(document), document)
        guard answer.output == .text else { return }
        for fault in document.problem.errors {
            StandardStream.output.line("  \(HarmlessText.line(fault.description))")
        }
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
