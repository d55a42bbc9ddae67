// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster retry`.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Re-run jobs of a finished jobset.",
        usage: "muster retry <id> [--failed | --all | --job <number> ...] [--wait]",
        discussion: """
            Starts a new generation of the jobset. When its last job has finished, there is a new report, which shows \
            what has changed, and a new callback with its own id. Jobs that are not re-run keep their outcome. Earlier \
            reports do not change.

            Without an option, it re-runs the jobs that failed: those that did not complete, and those with a failed \
            test. The exit status is 2 if none has failed or the jobset is still running.

            EXAMPLES
              muster retry ID --wait
              muster retry ID --job 3 --job 4
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Flag(help: "Re-run the jobs that failed. (default)")
    var failed = false

    @Flag(help: "Re-run every job.")
    var all = false

    @Option(
        help: ArgumentHelp("Re-run the job at this position in the document, from 0; repeatable.", valueName: "number")
    )
    var job: [Int] = []

    @Flag(help: "Wait until the last job has finished; the exit status shows the verdict.")
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
        if job.contains(where: { $0 < 0 }) { throw ValidationError("A job's position is a number from 0.") }
    }

    func run() async throws {
        try await options.connected(to: jobset) { try await run(in: $0, id: $1) }
    }

    private func run(in fleet: any FleetConnection, id: UUID) async throws {
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
        Facts(pairs: [("generation", "\(retrial.generation)"), ("re-run", VerdictLine.jobs(retrial.jobs))])
    }
}
