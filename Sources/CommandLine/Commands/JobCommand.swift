// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetRuntime
import FleetStore
import Foundation

/// `muster job`.
struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Show one job of a jobset with all its attempts and links to the lab.",
        discussion: "Only the last attempt counts; results of earlier ones are not in `muster results`."
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @Argument(help: ArgumentHelp("The job's position in the document, from 0, as `muster jobs` lists it."))
    var position: Int

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if position < 0 { throw ValidationError("A job's position is a number from 0.") }
    }

    func run() async throws {
        let job = try await options.connected { try await $0.job(position, of: id) }
        try answer.show(JobFacts.all(job, on: .output), job)
    }
}
