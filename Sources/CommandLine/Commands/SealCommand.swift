// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster seal`.
struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Seal an open jobset: declare that no more jobs will be added.",
        discussion: """
            The jobset then finishes when its last job has ended, or at once if all have. Sealing twice is harmless. \
            The exit status is 2 if the jobset has already finished.

            A jobset that nobody seals is sealed after watcher.open_limit_seconds without an addition, and its report \
            says so.
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let sealing = try await options.connected(to: jobset) { try await $0.seal($1) }
        if sealing.wasSealed { StandardStream.error.line("the jobset was sealed before") }
        try answer.show(Self.facts(sealing), sealing)
    }

    /// What sealing did, for people.
    static func facts(_ sealing: SealedJobset) -> Facts {
        Facts(pairs: [
            ("sealed", "with \(VerdictLine.jobs(sealing.total))"),
            ("finished", !sealing.isFinished ? nil : "at once: no jobs were pending"),
        ])
    }
}
