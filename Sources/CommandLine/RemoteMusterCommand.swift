// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import FleetRuntime

/// `muster` for machines that reach a fleet only over its gateway, such as CI runners: the same verbs, without the clients
/// of broker and database.
package struct RemoteMusterCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: MusterProgram.abstract,
        discussion: MusterProgram.discussion(
            """
            THE SERVER
              Every command uses the gateway of a fleet: --server URL or $MUSTER_SERVER,
              with a token: $MUSTER_TOKEN, --token-file FILE or --token TEXT.
              This build of muster works over HTTPS only. It has no commands that need
              the fleet's own machines: callback, migrate and prune.
            """
        ),
        version: "muster \(MusterVersion.description), over HTTPS only",
        groupedSubcommands: [
            CommandGroup(name: "Jobsets", subcommands: MusterProgram.jobsetVerbs),
            CommandGroup(name: "The fleet", subcommands: MusterProgram.fleetVerbs + [MusterProgram.doctor]),
        ]
    )

    /// The verbs of the full `muster` that are not here.
    private static let absentVerbs: Set<String> = ["callback", "migrate", "prune"]

    package init() {}

    /// Reads the arguments and carries out what they say; what went wrong has been told when this returns.
    package static func run(arguments: [String]) async -> ExitStatus {
        guard let verb = LeadingOptions.moved(arguments).first, absentVerbs.contains(verb) else {
            return await MusterProgram.run(Self.self, direct: nil, arguments: arguments)
        }
        let failure = CommandFailure(
            .usage,
            "`muster \(verb)` works only on the fleet's own machines, and this build of muster works over HTTPS only",
            "  run it there"
        )
        failure.show()
        return failure.status
    }
}
