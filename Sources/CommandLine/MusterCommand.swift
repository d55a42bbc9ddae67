// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetRuntime

/// `muster`: everything that a person does with a fleet.
struct MusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Send out the test jobs of a build, and learn once when the last has come back.",
        discussion: """
            A jobset names a build, a callback and all the jobs of that build. `muster submit` hands one to the \
            fleet and prints its id; the other verbs take that id.

            CONFIGURATION
              Every verb reads the same file as the fleet's workers: --config FILE,
              else $MUSTER_CONFIG, else ./muster.yaml, else /etc/muster/muster.yaml.
              Variables MUSTER_... stand above the file.

            OVER HTTPS
              With --server URL, else $MUSTER_SERVER, a verb asks the fleet's gateway
              and needs nothing else but a token: $MUSTER_TOKEN, --token-file FILE or
              --token TEXT. No configuration is read then. --config goes before
              $MUSTER_SERVER.

            OUTPUT
              On a terminal tables are aligned and cut to its width; elsewhere they are
              tab-separated lines under one line of titles. --output json prints JSON
              whose keys stay the same; use it in scripts. Results go to standard
              output, everything said beside them to standard error. NO_COLOR takes
              the colours away.

            EXIT STATUS
              0    it is done; of a jobset waited for: it passed
              1    the jobset failed: some test failed
              2    the command can't be carried out as given: usage, configuration,
                   an unknown id, a refused document
              3    the jobset is incomplete or was canceled; its report is not there
              4    the broker, the database, the server, ingest or a lab could not be
                   reached, or not in time
              130  interrupted; what was accepted goes on

            COMPLETIONS
              muster --generate-completion-script bash|zsh|fish
            """,
        version: "muster \(MusterVersion.current)",
        groupedSubcommands: [
            CommandGroup(
                name: "Jobsets",
                subcommands: [
                    SubmitCommand.self, AddCommand.self, SealCommand.self, WaitCommand.self, ChangeCommand.self,
                    CancelCommand.self, RetryCommand.self, StatusCommand.self, ListCommand.self, JobsCommand.self,
                    JobCommand.self, ResultsCommand.self, ReportCommand.self, DeliveriesCommand.self,
                    DeliveryCommand.self, RedeliverCommand.self, ReportResultCommand.self,
                ]
            ),
            CommandGroup(
                name: "The fleet",
                subcommands: [
                    BackendsCommand.self, BackendCommand.self, RejectedCommand.self, DeadCommand.self,
                    TokenCommand.self, AuditCommand.self, CallbackCommand.self, MigrateCommand.self, DoctorCommand.self,
                ]
            ),
        ]
    )
}
