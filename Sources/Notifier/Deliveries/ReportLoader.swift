// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Reports

/// Reads from the store what a report tells.
struct ReportLoader: Sendable {
    let store: FleetStore
    let labs: LabAddresses
    /// Where people see the fleet, if anywhere.
    let publicURL: String?
    /// By how much a measurement must have changed to be listed for people, in percent.
    let metricThreshold: Double
    /// How long each part may take that reads every test case.
    let partLimit: Duration
    let logger: Logger

    /// The most attempts that are read, whatever the jobset: their reasons are long.
    private static let maximumAttempts = 20_000
    /// The most jobs that are read, and so held in memory: of more, those that did not complete first.
    private static let maximumJobs = 20_000

    /// The jobset is not in a state that can be reported.
    struct NotReportable: Error, CustomStringConvertible {
        let description: String
    }

    /// All there is to tell about a finished jobset. What takes too long is left out, and said to be.
    ///
    /// - Parameter isBrief: Without times and all that reads every test case: it has failed again and again.
    /// - Throws: `ReportOutdated`, ``NotReportable``, or what the store throws.
    func report(of jobsetID: UUID, _ generation: Int, isBrief: Bool) async throws -> FinishedJobsetReport {
        let end = try await end(of: jobsetID, generation, jobs: Self.maximumJobs)
        let parts = isBrief ? ReportParts(missing: ReportParts.brief) : try await parts(of: end)
        return FinishedJobsetReport(
            jobset: end.jobset,
            totals: end.totals,
            change: end.change,
            jobs: end.jobs,
            failedTests: parts.failedTests,
            baseline: parts.baseline,
            metrics: parts.metrics,
            times: isBrief
                ? nil : try await store.jobTimes(of: jobsetID, limit: ReportLimits.json.slowestJobs)?.linked(labs),
            suites: parts.suites,
            missing: parts.missing,
            knownIssues: end.knownIssues,
            earlier: parts.earlier,
            page: publicURL.map { JobsetPage.address(of: jobsetID, at: $0) },
            metricThreshold: metricThreshold
        )
    }

    /// How a jobset ended, by its own row and those of its jobs: no test case is read for it, so it is made within a
    /// moment however many there are.
    ///
    /// - Parameters:
    ///   - jobs: The most jobs that are listed: those that did not complete first.
    ///   - hasAttempts: With the attempts of those jobs.
    /// - Throws: `ReportOutdated`, ``NotReportable``, or what the store throws.
    func end(
        of jobsetID: UUID,
        _ generation: Int,
        jobs limit: Int,
        hasAttempts: Bool = true
    ) async throws -> FinishedJobsetReport {
        guard let jobset = try await store.jobset(id: jobsetID) else {
            throw NotReportable(description: "the jobset is not there")
        }
        guard jobset.generation <= generation else { throw ReportOutdated() }
        guard jobset.verdict != nil, jobset.finishedAt != nil, jobset.generation == generation else {
            throw NotReportable(description: "the jobset is not at the end of its generation \(generation)")
        }
        let jobs = try await store.jobsWorstFirst(of: jobsetID, limit: limit)
        for job in jobs where job.outcome == nil {
            throw NotReportable(description: "job \(job.position) of a finished jobset has no outcome")
        }
        let attempts = try await store.attempts(
            of: jobsetID,
            positions: hasAttempts ? jobs.filter { $0.attempts > 1 || $0.outcome != .complete }.map(\.position) : [],
            latest: ReportLimits.json.attempts,
            limit: Self.maximumAttempts
        )
        return FinishedJobsetReport(
            jobset: jobset,
            totals: ReportTotals(try await store.totals(of: jobsetID)),
            change: try await change(of: jobsetID, generation),
            jobs: jobs.map { $0.with(attempts[$0.position] ?? []).linked(labs) },
            failedTests: [],
            knownIssues: try await store.knownIssueOutcomes(of: jobsetID, limit: ReportLimits.json.environments)
        )
    }

    private func change(of jobset: UUID, _ generation: Int) async throws -> GenerationChange? {
        guard let earlier = try await store.earlierGeneration(of: jobset, than: generation) else { return nil }
        let limit = ReportLimits.json.jobs
        let changes = try await store.changes(of: jobset, in: generation, limit: limit + 1)
        return GenerationChange(
            generation: earlier.generation,
            verdict: earlier.verdict,
            beganAt: earlier.retriedAt,
            jobs: Array(changes.prefix(limit)),
            jobsOmitted: max(0, changes.count - limit)
        )
    }
}
