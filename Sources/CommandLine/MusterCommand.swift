// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetRuntime

/// `muster`: the command-line client of a fleet.
struct MusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Run the test jobs of a build in LAVA labs, and get one notification when the last one has finished.",
        discussion: """
            A jobset is a build, a callback URL and all the jobs of that build. `muster submit` submits one and prints \
            its id; the other commands need that id.

            CONFIGURATION
              Every command reads the same file as the fleet's workers: --config FILE,
              or $MUSTER_CONFIG, or ./muster.yaml, or /etc/muster/muster.yaml.
              MUSTER_... environment variables override the file.

            OVER HTTPS
              With --server URL or $MUSTER_SERVER, a command uses the fleet's gateway
              and needs only a token: $MUSTER_TOKEN, --token-file FILE or --token TEXT.
              It reads no configuration. --config takes precedence over $MUSTER_SERVER.

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
            """,
        version: "muster \(MusterVersion.description)",
        groupedSubcommands: [
            CommandGroup(
                name: "Jobsets",
                subcommands: [
                    SubmitCommand.self, AddCommand.self, SealCommand.self, WaitCommand.self, ChangeCommand.self,
                    CancelCommand.self, RetryCommand.self, StatusCommand.self, ListCommand.self, JobsCommand.self,
                    JobCommand.self, ResultsCommand.self, ReportCommand.self, ExportCommand.self,
                    DeliveriesCommand.self, DeliveryCommand.self, RedeliverCommand.self, BulkCommand.self,
                    ReportResultCommand.self, TestHistoryCommand.self,
                ]
            ),
            CommandGroup(
                name: "The fleet",
                subcommands: [
                    BackendsCommand.self, BackendCommand.self, RejectedCommand.self, DeadCommand.self,
                    KnownIssueCommand.self, WebhookCommand.self, TokenCommand.self, AuditCommand.self,
                    CallbackCommand.self, MigrateCommand.self, PruneCommand.self, DoctorCommand.self,
                ]
            ),
        ]
    )
}

extension MusterCommand {
    /// Reads the arguments and carries out what they say; what went wrong has been told when this returns.
    static func run(arguments: [String]) async -> ExitStatus {
        do {
            try await Interruption.watch {
                var command = try parseAsRoot(LeadingOptions.moved(arguments))
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
            return .success
        } catch {
            return report(error)
        }
    }

    /// Help and version are a success and go to standard output; ArgumentParser's 64 for wrong usage becomes our 2.
    private static func report(_ error: any Error) -> ExitStatus {
        let code = exitCode(for: error)
        if code == .success {
            StandardStream.output.line(fullMessage(for: error))
            return .success
        }
        if code == .validationFailure {
            StandardStream.error.line(fullMessage(for: error))
            return .usage
        }
        let failure = CommandFailure(explaining: error)
        failure.show()
        return failure.status
    }
}
