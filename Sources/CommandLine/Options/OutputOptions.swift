// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Fleet

/// How the answer is to look: an option that every verb takes.
package struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output format: text for people, json for programs.", valueName: "format")
    )
    package var output: OutputFormat = .text

    package init() {}
}

/// The shape of what goes to standard output.
package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// For people, or tab-separated where no person looks.
    case text
    /// For programs: keys stay the same from version to version.
    case json
}

extension OutputOptions {
    /// Prints the answer of a verb: a table for people, or its objects for programs. A table without rows says
    /// `nothing` on standard error, so that a pipe gets no row that is none.
    package func show(_ table: Table, _ objects: some Encodable, orNothing nothing: String) throws {
        guard output == .text else { return try show(objects) }
        let terminal = Terminal.output
        if table.rows.isEmpty {
            StandardStream.error.line(nothing)
            if terminal.isTerminal { return }
        }
        show(table.lines(on: terminal))
    }

    /// Prints what is known of one thing.
    package func show(_ facts: Facts, _ object: some Encodable) throws {
        guard output == .text else { return try show(object) }
        show(facts.lines(on: Terminal.output))
    }

    /// Prints JSON.
    package func show(_ object: some Encodable) throws {
        StandardStream.output.line(try FleetJSON.text(object))
    }

    private func show(_ lines: [String]) {
        StandardStream.output.write(lines.map { $0 + "\n" }.joined())
    }
}
