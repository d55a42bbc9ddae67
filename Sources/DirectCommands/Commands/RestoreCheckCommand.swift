// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLine
import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import Labs

/// `muster restore-check`.
struct RestoreCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore-check",
        abstract: "Find what the labs have that a restored database does not know.",
        discussion: """
            After the database was restored to an earlier time, the labs still have the jobs that were submitted after \
            that time. Run this with the workers stopped. It asks each lab for Muster's jobs since then, and lists those \
            that the database does not know:

              ahead    a job in the database has not begun this attempt, and would be submitted a second time
              unknown  its jobset is not in the database, or had finished more than a week before that time

            With --adopt, submitters look into the lab before they send a job, and take over what is there. That holds for \
            jobs that wait now and for all that follows in the next day, such as retries and jobsets that are published \
            once more. With --cancel, those of unknown jobsets that have not finished are canceled in their labs. Jobsets \
            that are to be published once more should be published before that.

            EXAMPLES
              muster restore-check --to 2026-11-29T03:00:00Z
              muster restore-check --to 2026-11-29T03:00:00Z --adopt
            """
    )

    @Option(help: ArgumentHelp("The time to which the database was restored, or one before it.", valueName: "time"))
    var to: Time

    @Flag(help: "Have submitters look into the labs before they send anything.")
    var adopt = false

    @Flag(help: "Cancel the lab jobs of unknown jobsets.")
    var cancel = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    /// How long submitters look first.
    private static let lookFirst: Duration = .seconds(86_400)

    func run() async throws {
        let access = try options.access(to: "restore-check", "it asks the labs, and changes the database itself")
        try FleetConfiguration.checkClientsAndLabs(of: access.configuration)
        let found = try await access.withStore { store in
            let check = RestoreCheck(access: access, store: store, restoredTo: to.date)
            // Before anything else: what is listed then can't be submitted again.
            if adopt {
                let outcome = try await store.lookFirst(restoredTo: to.date, for: Self.lookFirst)
                StandardStream.error.line(
                    "Submitters look into the labs first, for \(outcome.waitingJobs) waiting jobs and all that follow "
                        + "until \(outcome.until.formatted(.iso8601))."
                )
            }
            let found = try await check.run()
            if cancel { try await check.cancelUnknown(found) }
            return found
        }
        try answer.show(Self.table(found), found, orNothing: "the labs have nothing that the database does not know")
        if !adopt, found.contains(where: { $0.state == .ahead }) {
            StandardStream.error.line("Jobs that are ahead would be submitted again; --adopt prevents it.")
        }
    }

    /// What was found, as a table.
    static func table(_ found: [UnknownLabJob]) -> Table {
        Table(
            columns: [
                .init("BACKEND"), .init("LAB JOB"), .init("IN LAB"), .init("SUBMITTED"), .init("STATE"), .init("JOB"),
                .init("JOBSET", canShrink: true),
            ],
            rows: found.map { job in
                [
                    .text(job.backend), .text(job.labJob), .text(job.labState), .time(job.submittedAt),
                    .text(job.state.rawValue), .text(job.job.map(String.init)), .text(job.jobset?.text),
                ]
            }
        )
    }
}

/// A lab job with Muster's tag that the database does not know as submitted.
struct UnknownLabJob: Sendable, Encodable {
    /// What is to be thought of it.
    enum State: String, Sendable, Encodable {
        /// A job in the database has not begun it.
        case ahead
        /// No job in the database would get its tag.
        case unknown
    }

    let backend: String
    let labJob: String
    /// How far it is there.
    let labState: String
    let submittedAt: Date?
    let attempt: UUID
    let state: State
    let job: Int?
    let jobset: UUID?
}

/// Asks the labs of a fleet what they have of it.
struct RestoreCheck: Sendable {
    let access: FleetAccess
    let store: FleetStore
    let restoredTo: Date

    /// How many lab jobs are asked for at once. Each comes with its definition.
    private static let pageSize = 100
    /// The most that are asked of one lab.
    private static let maximumJobs = 100_000
    /// How often a lab is asked to cancel a job, and how long it has before it is looked at.
    private static let (cancelTries, cancelPause) = (3, Duration.seconds(1))
    /// By how much a lab's clock may differ from the database's.
    private static let clockDifference: TimeInterval = 3_600

    /// What each lab has that the database does not know, by lab and in the order in which the lab took it.
    func run() async throws -> [UnknownLabJob] {
        var found: [UnknownLabJob] = []
        for backend in labs {
            found += try await withLab(backend) { lab in try await unknown(in: lab, backend.name) }
        }
        return found
    }

    /// Cancels what belongs to unknown jobsets.
    func cancelUnknown(_ found: [UnknownLabJob]) async throws {
        for backend in labs {
            let numbers = found.filter {
                $0.backend == backend.name && $0.state == .unknown && $0.labState != LabJobState.finished.rawValue
            }.map { LabJobID($0.labJob) }
            guard !numbers.isEmpty else { continue }
            let left = try await withLab(backend) { lab in try await cancel(numbers, in: lab) }
            guard left == 0 else {
                throw CommandFailure(
                    .unreachable,
                    "\(backend.name) has not canceled \(left) of \(numbers.count) jobs: run this again"
                )
            }
            StandardStream.error.line("canceled \(numbers.count) in \(backend.name)")
        }
    }

    /// Asks a lab a few times, since it can lose a cancellation that it has accepted (`Lab.cancel(_:)`).
    ///
    /// - Returns: How many it has not even begun to cancel.
    private func cancel(_ numbers: [LabJobID], in lab: any Lab) async throws -> Int {
        var open = numbers
        for _ in 1...Self.cancelTries {
            _ = try await lab.cancel(open)
            try await Task.sleep(for: Self.cancelPause)
            let seen = try await lab.jobs(ids: open).jobs
            open = seen.filter { $0.state != .finished && $0.state != .canceling }.map(\.id)
            if open.isEmpty { break }
        }
        return open.count
    }

    private var labs: [FleetConfiguration.Backend] {
        access.configuration.backends.values.filter { $0.type == .lava }.sorted { $0.name < $1.name }
    }

    private func unknown(in lab: any Lab, _ backend: String) async throws -> [UnknownLabJob] {
        guard case .user(let user) = try await lab.identity() else {
            throw CommandFailure(.unreachable, "\(backend) does not say whose its token is, so its jobs can't be found")
        }
        let after = restoredTo.addingTimeInterval(-Self.clockDifference)
        let ahead = try await store.attemptsAhead(in: backend, restoredTo: restoredTo)
        var (found, offset): ([UnknownLabJob], Int) = ([], 0)
        while true {
            let page = try await lab.submittedJobs(after: after, by: user, limit: Self.pageSize, offset: offset)
            found += try await unknown(among: page.jobs, ahead, backend)
            offset += page.rowCount
            guard page.hasMore, page.rowCount > 0 else { return found }
            guard offset < Self.maximumJobs else {
                throw CommandFailure(
                    .unreachable,
                    "\(backend) has more than \(Self.maximumJobs) jobs since then; give a later --to, if there is one"
                )
            }
        }
    }

    private func unknown(
        among jobs: [SeenLabJob],
        _ ahead: [UUID: AttemptAhead],
        _ backend: String
    ) async throws -> [UnknownLabJob] {
        let tagged = jobs.compactMap { job in job.tag.map { (job, $0) } }
        guard !tagged.isEmpty else { return [] }
        let attempts = try await store.attempts(tagged: tagged.map(\.1), ahead: ahead)
        return tagged.compactMap { job, tag in
            let (state, owner): (UnknownLabJob.State, AttemptAhead?)
            switch attempts[tag] ?? .unknown {
            case .known: return nil
            case .ahead(let attempt): (state, owner) = (.ahead, attempt)
            case .unknown: (state, owner) = (.unknown, nil)
            }
            return UnknownLabJob(
                backend: backend,
                labJob: job.id.text,
                labState: job.state.rawValue,
                submittedAt: job.submitTime,
                attempt: tag,
                state: state,
                job: owner?.job,
                jobset: owner?.jobset
            )
        }
    }

    private func withLab<Outcome: Sendable>(
        _ backend: FleetConfiguration.Backend,
        _ body: (any Lab) async throws -> Outcome
    ) async throws -> Outcome {
        let lab = try backend.server(logger: access.logger)
        do {
            let outcome = try await body(lab)
            try await lab.shutdown()
            return outcome
        } catch {
            try? await lab.shutdown()
            guard let error = error as? LabError else { throw error }
            throw CommandFailure(.unreachable, "\(backend.name) can't be asked: \(error)")
        }
    }
}
