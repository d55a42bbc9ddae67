// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster seal`.
struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Seal an open jobset: nothing is added to it any more.",
        discussion: """
            From then on it finishes when the last of its jobs has come back, and at once when all of them have. \
            Sealing twice does no harm. The exit status is 2 when it has finished already.

            A jobset that nobody seals is sealed after watcher.open_limit_seconds without an addition, and its report \
            says so.
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let sealing = try await options.connected { try await $0.seal(id) }
        if sealing.wasSealed { StandardStream.error.line("the jobset has been sealed before") }
        try answer.show(Self.facts(sealing), sealing)
    }

    /// What sealing did, for people.
    static func facts(_ sealing: SealedJobset) -> Facts {
        Facts(pairs: [
            ("sealed", "with \(VerdictLine.jobs(sealing.total))"),
            ("finished", !sealing.isFinished ? nil : "at once: none was left to wait for"),
        ])
    }
}
