// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster cancel`.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a jobset, or individual jobs of it.",
        usage: "muster cancel <jobset> [--job <number> ...] [--reason <text>] [--wait]",
        discussion: """
            Jobs that are not in a lab end at once. Jobs in a lab are canceled there and end when the lab confirms it; \
            results that arrive until then are kept. When the last job has ended, the report and the callback follow \
            as usual, and say that the jobset was canceled. Canceling twice is harmless.

            The exit status is 0 if the jobset is now canceled or was canceled before, and 2 if nothing is left to \
            cancel.

            EXAMPLES
              muster cancel ID --reason "superseded by v5.10.2" --wait
              muster cancel ID --job 3 --job 4
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Option(
        help: ArgumentHelp("Only the job at this position in the document, from 0; repeatable.", valueName: "number")
    )
    var job: [Int] = []

    @Option(help: ArgumentHelp("The reason, shown in the report and the callback.", valueName: "text"))
    var reason: String?

    @Flag(help: "Wait until the last job of the jobset has ended.")
    var wait = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if job.contains(where: { $0 < 0 }) { throw ValidationError("A job's position is a number from 0.") }
    }

    func run() async throws {
        try await options.connected(to: jobset) { try await run(in: $0, id: $1) }
    }

    private func run(in fleet: any FleetConnection, id: UUID) async throws {
        do {
            let cancellation = try await fleet.cancel(id, jobs: Set(job), reason: reason)
            if !wait || answer.output == .text { try answer.show(Self.facts(cancellation), cancellation) }
        } catch FleetRefusal.alreadyFinished(.canceled) where job.isEmpty {
            StandardStream.error.line("the jobset was canceled before")
        }
        guard wait else { return }
        let jobset = try await Interruption.telling(.stoppedWaiting(for: id)) {
            try await JobsetWait(fleet: fleet, id: id, timeout: nil).run()
        }
        if answer.output == .json { try answer.show(jobset) }
        StandardStream.error.line(VerdictLine.text(jobset, on: .error))
    }

    /// What the cancellation did, for people.
    static func facts(_ cancellation: CanceledJobset) -> Facts {
        Facts(pairs: [
            ("ended", VerdictLine.jobs(cancellation.endedNow)),
            (
                "in a lab",
                cancellation.inLab == 0 ? nil : "\(VerdictLine.jobs(cancellation.inLab)), being canceled there"
            ),
            (
                "in doubt",
                cancellation.inDoubt == 0
                    ? nil
                    : "\(VerdictLine.jobs(cancellation.inDoubt)): checking whether a lab has them"
            ),
        ])
    }
}
