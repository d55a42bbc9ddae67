// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster retry`.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Send jobs of a finished jobset out again.",
        usage: "muster retry <id> [--failed | --all | --job <number> ...] [--wait]",
        discussion: """
            Opens a new generation of the jobset: the jobs wait again, and when the last of them has come back there is \
            a report that says what has changed, and a callback under an id of its own. Jobs that are not sent out \
            again count as they ended. What was reported before stays.

            Without an option the jobs that failed are sent out: those that did not complete, for whatever reason, and \
            those with a failed test. The exit status is 2 when none has failed, or the jobset still runs.

            EXAMPLES
              muster retry ID --wait
              muster retry ID --job 3 --job 4
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @Flag(help: "The jobs that failed. (default)")
    var failed = false

    @Flag(help: "Every job.")
    var all = false

    @Option(
        help: ArgumentHelp("The job at this place in the document, from 0; may be repeated.", valueName: "number")
    )
    var job: [Int] = []

    @Flag(help: "Wait until the last job has come back; the exit status tells the verdict.")
    var wait = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    /// How long it may take until the report of what has just ended is written.
    private static let patience = Duration.seconds(10)
    /// The pause between looks whether it is.
    private static let pause = Duration.milliseconds(250)

    func validate() throws {
        if [failed, all, !job.isEmpty].filter(\.self).count > 1 {
            throw ValidationError("--failed, --all and --job exclude each other.")
        }
        if job.contains(where: { $0 < 0 }) { throw ValidationError("A job's place is a number from 0.") }
    }

    func run() async throws {
        try await options.connected { try await run(in: $0) }
    }

    private func run(in fleet: any FleetConnection) async throws {
        let id = id
        let selection: RetrySelection = all ? .all : job.isEmpty ? .failed : .jobs(Set(job))
        let retrial = try await Self.retry(id, selection, in: fleet)
        if !wait || answer.output == .text { try answer.show(Self.facts(retrial), retrial) }
        guard wait else { return }
        let jobset = try await Interruption.telling(.stoppedWaiting(for: id)) {
            try await JobsetWait(fleet: fleet, id: id, timeout: nil).run()
        }
        try WaitCommand.end(jobset, answer, on: .error)
    }

    /// Tries again for a while when the notifier is still at work on what has just ended.
    private static func retry(_ id: UUID, _ selection: RetrySelection, in fleet: any FleetConnection) async throws
        -> RetriedJobset
    {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try await fleet.retry(id, selection)
            } catch FleetRefusal.reportPending where ContinuousClock.now < deadline {
                try await Task.sleep(for: pause)
            }
        }
    }

    /// What is sent out again, for people.
    static func facts(_ retrial: RetriedJobset) -> Facts {
        Facts(pairs: [("generation", "\(retrial.generation)"), ("sent again", VerdictLine.jobs(retrial.jobs))])
    }
}
