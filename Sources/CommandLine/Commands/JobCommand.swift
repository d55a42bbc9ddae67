// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetObjects
import FleetRuntime
import FleetStore
import Foundation

/// `muster job`.
struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Show one job of a jobset with every attempt, and where to look at it in its lab.",
        discussion: "The last attempt is the one that counts; what the others found is not in the results."
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @Argument(help: ArgumentHelp("The job's place in the document, from 0, as `muster jobs` lists it."))
    var position: Int

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if position < 0 { throw ValidationError("A job's place is a number from 0.") }
    }

    func run() async throws {
        let access = try FleetAccess(fleet)
        let (id, position) = (id, position)
        let (job, attempts) = try await access.withStore { store in
            guard let jobset = try await store.jobset(id: id) else { throw CommandFailure.noJobset(id) }
            let found = try await store.jobs(of: id, from: position, limit: 1).first
            guard let job = found, job.position == position else {
                throw CommandFailure.noJob(position, of: id, total: jobset.total)
            }
            return (job, try await store.attempts(of: id, position: position))
        }
        let labs = LabAddresses(access.configuration.backends)
        try answer.show(
            JobFacts.all(job, attempts, labs, on: .output),
            JobObject(job, attempts: attempts, labs: labs)
        )
    }
}
