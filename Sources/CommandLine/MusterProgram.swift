// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import FleetRuntime

/// The way to a fleet over its broker and database, for a program that has it. It is handed to ``MusterProgram``, so that
/// the verbs need neither of the two clients.
package protocol DirectWay: Sendable {
    /// The fleet of this configuration.
    ///
    /// - Throws: `ConfigurationFaults`.
    func fleet(_ options: ConfigurationOptions) throws -> any FleetConnection
    /// What an error of the broker's or the database's client means; nil for every other error.
    func failure(explaining error: any Error) -> CommandFailure?
}

/// What a program called `muster` does with its arguments.
package enum MusterProgram {
    /// The way to a fleet besides its gateway; nil in a program that has no other.
    @TaskLocal package static var direct: (any DirectWay)?

    /// Reads the arguments and carries out what they say; what went wrong has been told when this returns.
    package static func run(
        _ root: any AsyncParsableCommand.Type,
        direct: (any DirectWay)?,
        arguments: [String]
    ) async -> ExitStatus {
        await $direct.withValue(direct) { await run(root, arguments) }
    }

    private static func run(_ root: any AsyncParsableCommand.Type, _ arguments: [String]) async -> ExitStatus {
        do {
            try await Interruption.watch {
                var command = try await root.asyncParseAsRoot(LeadingOptions.moved(arguments))
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
            return .success
        } catch {
            return report(error, of: root)
        }
    }

    /// Help and version are a success and go to standard output; ArgumentParser's 64 for wrong usage becomes our 2.
    private static func report(_ error: any Error, of root: any AsyncParsableCommand.Type) -> ExitStatus {
        let code = root.exitCode(for: error)
        if code == .success {
            StandardStream.output.line(root.fullMessage(for: error))
            return .success
        }
        if code == .validationFailure {
            StandardStream.error.line(root.fullMessage(for: error))
            return .usage
        }
        let failure = CommandFailure(explaining: error)
        failure.show()
        return failure.status
    }
}

extension MusterProgram {
    /// What it is for, in one line of its help.
    package static let abstract =
        "Run the test jobs of a build in LAVA labs, and get one notification when the last one has finished."

    /// The verbs that work over a gateway as well as on the fleet's own machines.
    package static var jobsetVerbs: [any ParsableCommand.Type] {
        [
            SubmitCommand.self, AddCommand.self, SealCommand.self, WaitCommand.self, ChangeCommand.self,
            CancelCommand.self, RetryCommand.self, StatusCommand.self, WatchCommand.self, ListCommand.self,
            JobsCommand.self, JobCommand.self, ResultsCommand.self, ReportCommand.self, CompareCommand.self,
            ExportCommand.self, DeliveriesCommand.self, DeliveryCommand.self, RedeliverCommand.self, BulkCommand.self,
            ReportResultCommand.self, TestHistoryCommand.self,
        ]
    }

    /// The same, of the fleet as a whole.
    package static var fleetVerbs: [any ParsableCommand.Type] {
        [
            BackendsCommand.self, BackendCommand.self, RejectedCommand.self, DeadCommand.self,
            KnownIssueCommand.self, WebhookCommand.self, TokenCommand.self, AuditCommand.self,
        ]
    }

    /// The verb that checks what the others need.
    package static var doctor: any ParsableCommand.Type { DoctorCommand.self }

    /// The text of its help.
    ///
    /// - Parameter ways: The sections about the ways to the fleet.
    package static func discussion(_ ways: String) -> String {
        """
        A jobset is a build, a callback URL and all the jobs of that build. `muster submit` submits one and prints \
        its id. The other commands take that id, the first digits of it, or the build, such as kernel/next/v6.12.

        \(ways)

        OUTPUT
          On a terminal, tables are aligned and cut to its width; elsewhere they are
          tab-separated lines with a header. --output json prints JSON whose keys do
          not change; use it in scripts. Results go to standard output, everything
          else to standard error. NO_COLOR turns colours off.

        EXIT STATUS
          0    success; when waiting for a jobset: it passed
          1    the jobset failed: a test failed, or a lab refused a definition
          2    invalid request: bad usage or configuration, an unknown id, a refused
               document
          3    the jobset is incomplete: nothing failed, but something is missing;
               or it has no report yet
          4    the broker, the database, the server, ingest or a lab could not be
               reached, or did not answer in time
          5    the jobset was canceled
          130  interrupted; accepted work continues

        COMPLETIONS
          muster --generate-completion-script bash|zsh|fish
        """
    }
}
