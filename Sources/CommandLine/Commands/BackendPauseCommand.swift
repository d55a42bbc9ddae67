// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetObjects
import FleetRuntime
import FleetStore

/// `muster backend pause`.
struct BackendPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Submit nothing to a lab until it is resumed.",
        discussion: """
            Its jobs wait, and are not given up for it. What the lab has already goes on and is counted when it comes \
            back. Pausing a lab twice does no harm.
            """
    )

    @Argument(help: ArgumentHelp("The lab, as the configuration names it.", valueName: "backend"))
    var name: String

    @Option(help: ArgumentHelp("Why; it is shown to whoever wonders.", valueName: "text"))
    var reason: String?

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let access = try FleetAccess(fleet)
        let (name, reason) = (name, Author.signed(reason))
        let backends = try await access.withStore { store in
            // A lab that no worker has seen yet has no row.
            try await store.registerBackends(access.configuration.backends.keys)
            try await store.pauseBackend(name, reason: reason)
            return BackendObject.all(
                configured: access.configuration.backends,
                known: try await store.backendStatuses()
            )
        }
        try Self.show(backends.filter { $0.name == name }, answer)
    }

    /// The lab as it stands now.
    static func show(_ backends: [BackendObject], _ answer: OutputOptions) throws {
        guard let backend = backends.first, answer.output == .json else {
            return try answer.show(BackendsCommand.table(backends), backends, orNothing: "the backend is gone")
        }
        try answer.show(backend)
    }
}
