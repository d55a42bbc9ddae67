// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import CommandLine
import FleetRuntime

/// `muster`: the command-line client of a fleet, over its broker and database or over its gateway.
package struct MusterCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: MusterProgram.abstract,
        discussion: MusterProgram.discussion(
            """
            CONFIGURATION
              Every command reads the same file as the fleet's workers: --config FILE,
              or $MUSTER_CONFIG, or ./muster.yaml, or /etc/muster/muster.yaml.
              MUSTER_... environment variables override the file.

            OVER HTTPS
              With --server URL or $MUSTER_SERVER, a command uses the fleet's gateway
              and needs only a token: $MUSTER_TOKEN, --token-file FILE or --token TEXT.
              It reads no configuration. --config takes precedence over $MUSTER_SERVER.
            """
        ),
        version: "muster \(MusterVersion.description)",
        groupedSubcommands: [
            CommandGroup(name: "Jobsets", subcommands: MusterProgram.jobsetVerbs),
            CommandGroup(
                name: "The fleet",
                subcommands: MusterProgram.fleetVerbs + [
                    CallbackCommand.self, MigrateCommand.self, PruneCommand.self, RestoreCheckCommand.self,
                    MusterProgram.doctor,
                ]
            ),
        ]
    )

    package init() {}
}

extension MusterCommand {
    /// Reads the arguments and carries out what they say; what went wrong has been told when this returns.
    package static func run(arguments: [String]) async -> ExitStatus {
        await MusterProgram.run(Self.self, direct: OwnServers(), arguments: arguments)
    }
}
