// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetObjects
import FleetRuntime
import FleetStore

/// `muster backend resume`.
struct BackendResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Submit to a lab again, whatever kept jobs from it.",
        discussion: """
            Lifts a pause. A lab that is `stopped` or `broken` is tried again at once; should it still refuse or \
            fail, it is as before.
            """
    )

    @Argument(help: ArgumentHelp("The lab, as the configuration names it.", valueName: "backend"))
    var name: String

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let access = try FleetAccess(fleet)
        let name = name
        let backends = try await access.withStore { store in
            try await store.registerBackends(access.configuration.backends.keys)
            try await store.unpauseBackend(name)
            return BackendObject.all(
                configured: access.configuration.backends,
                known: try await store.backendStatuses()
            )
        }
        try BackendPauseCommand.show(backends.filter { $0.name == name }, answer)
    }
}
