// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetRuntime
import Foundation

/// `muster jobs`.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List the jobs of a jobset with their state, outcome and reason.",
        discussion:
            "The first column is the job's position in the document, from 0, for `muster job` and `muster results --job`."
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    /// What the rows are sorted by.
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case position, environment, outcome, failures
    }

    @Flag(help: "Only jobs that did not complete, or that have a failed test.")
    var failed = false

    @Option(help: ArgumentHelp("Only jobs in this state.", valueName: "state"))
    var state: JobState?

    @Option(help: ArgumentHelp("Only jobs with this outcome.", valueName: "outcome"))
    var outcome: JobOutcome?

    @Option(help: ArgumentHelp("Only jobs for this lab.", valueName: "name"), completion: .backends)
    var backend: String?

    @Option(help: ArgumentHelp("Only jobs of this name.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Only jobs of this environment.", valueName: "environment"))
    var environment: String?

    @Option(help: ArgumentHelp("Start with the job at this position.", valueName: "number"))
    var from = 0

    @Option(help: ArgumentHelp("Maximum number of jobs to look at.", valueName: "number"))
    var limit = CountLimit(1_000)

    @Option(
        help: ArgumentHelp(
            "How to sort the rows: by position; by environment; those that did not complete first; or the most failed tests "
                + "first.",
            valueName: "order"
        )
    )
    var sort = Order.position

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        var filter = JobFilter()
        (filter.state, filter.outcome, filter.hasFailed) = (state, outcome, failed ? true : nil)
        (filter.name, filter.environment, filter.backend) = (name, environment, backend)
        let chosen = filter
        let (jobs, total) = try await options.connected(to: jobset) { fleet, id in
            try await fleet.jobs(of: id, chosen, from: max(0, from), limit: limit.value)
        }
        let sorted = Self.sorted(jobs, by: sort)
        try answer.show(Self.table(sorted), sorted, orNothing: "no jobs match")
        let isFiltered = !chosen.isForEverything
        if let last = jobs.last, last.position + 1 < total, isFiltered ? jobs.count == limit.value : true {
            StandardStream.error.line(
                "\(isFiltered ? "there may be" : "\(total - last.position - 1)") more: --from \(last.position + 1)"
            )
        }
    }

    /// The jobs as a table, with the number of attempts where a job took more than one.
    static func table(_ jobs: [Job]) -> Table {
        let isRetried = jobs.contains { $0.attempts > 1 }
        let isNamed = jobs.contains { $0.name != nil }
        return Table(
            columns: [
                .init("JOB"), .init("ENVIRONMENT", canShrink: true),
            ] + (isNamed ? [.init("NAME", canShrink: true)] : []) + [
                .init("BACKEND", canShrink: true), .init("STATE"), .init("PASS"), .init("FAIL"),
            ] + (isRetried ? [.init("ATTEMPTS")] : []) + [.init("LAB JOB"), .init("REASON", canShrink: true)],
            rows: jobs.map { job in
                let head: [Cell] =
                    [.number(job.position), .text(job.environment)] + (isNamed ? [.text(job.name)] : [])
                    + [
                        .text(job.backend), .text(state(of: job)), .number(job.tests.pass), .number(job.tests.fail),
                    ]
                let labJobs = job.labJobs.map { $0.subID ?? "\($0.number)" }.joined(separator: " ")
                return head + (isRetried ? [.number(job.attempts)] : []) + [.text(labJobs), .text(job.reason)]
            }
        )
    }

    /// The jobs in another order; those that are equal in it stay as they were.
    static func sorted(_ jobs: [Job], by order: Order) -> [Job] {
        switch order {
        case .position: jobs
        case .environment:
            jobs.sorted { $0.environment.compare($1.environment, options: .numeric) == .orderedAscending }
        case .outcome:
            jobs.filter { $0.state == .finished && $0.outcome != .complete } + jobs.filter { $0.state != .finished }
                + jobs.filter { $0.outcome == .complete }
        case .failures: jobs.sorted { $0.tests.fail > $1.tests.fail }
        }
    }

    /// How the job ended, or where it is.
    static func state(of job: Job) -> String {
        job.outcome?.rawValue ?? (job.cancelRequestedAt == nil ? job.state.rawValue : "canceling")
    }
}

/// `muster job`.
struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Show one job of a jobset with all its attempts and links to the lab.",
        discussion: "Only the last attempt counts; results of earlier ones are not in `muster results`."
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Argument(help: ArgumentHelp("The job's position in the document, from 0, as `muster jobs` lists it."))
    var position: Int

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if position < 0 { throw ValidationError("A job's position is a number from 0.") }
    }

    func run() async throws {
        let job = try await options.connected(to: jobset) { try await $0.job(position, of: $1) }
        try answer.show(JobFacts.all(job, on: .output), job)
    }
}
