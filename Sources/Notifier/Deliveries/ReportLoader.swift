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
    /// The root of each lab's web server, by the lab's name.
    let labURLs: [String: String]
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
            times: isBrief ? nil : try await times(of: jobsetID),
            suites: parts.suites,
            missing: parts.missing
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
        guard let verdict = jobset.verdict, let finishedAt = jobset.finishedAt, jobset.generation == generation else {
            throw NotReportable(description: "the jobset is not at the end of its generation \(generation)")
        }
        let jobs = try await store.jobsWorstFirst(of: jobsetID, limit: limit)
        let attempts = try await store.attempts(
            of: jobsetID,
            positions: hasAttempts ? jobs.filter { $0.attempts > 1 || $0.outcome != .complete }.map(\.position) : [],
            latest: ReportLimits.json.attempts,
            limit: Self.maximumAttempts
        )
        return FinishedJobsetReport(
            jobset: ReportedJobset(
                id: jobset.id,
                build: jobset.build,
                generation: jobset.generation,
                verdict: verdict,
                labels: jobset.labels,
                canceledAt: jobset.canceledAt,
                canceledReason: jobset.canceledReason,
                deadlinePassedAt: jobset.deadlinePassedAt,
                sealedReason: jobset.sealedReason,
                createdAt: jobset.createdAt,
                finishedAt: finishedAt
            ),
            totals: reported(try await store.totals(of: jobsetID)),
            change: try await change(of: jobsetID, generation),
            jobs: try jobs.map { try reported($0, attempts: attempts[$0.position] ?? []) },
            failedTests: []
        )
    }

    private func reported(_ totals: JobsetTotals) -> ReportTotals {
        let environments = Dictionary(grouping: totals.parts, by: \.environment).map { name, parts in
            EnvironmentTotals(
                environment: name,
                jobs: parts.reduce(0) { $0 + $1.jobs },
                complete: parts.reduce(0) { $0 + ($1.outcome == .complete ? $1.jobs : 0) },
                tests: parts.reduce(TestCounts()) { $0 + $1.tests }
            )
        }
        return ReportTotals(
            jobs: totals.parts.reduce(0) { $0 + $1.jobs },
            outcomes: totals.parts.reduce(into: [:]) { $0[$1.outcome, default: 0] += $1.jobs },
            tests: totals.parts.reduce(TestCounts()) { $0 + $1.tests },
            retriedJobs: totals.retriedJobs,
            retriedAndComplete: totals.retriedAndComplete,
            resultsLeftOut: totals.resultsLeftOut,
            environments: environments
        )
    }

    private func change(of jobset: UUID, _ generation: Int) async throws -> GenerationChange? {
        guard let earlier = try await store.earlierGeneration(of: jobset, than: generation) else { return nil }
        let limit = ReportLimits.json.jobs
        let changes = try await store.changes(of: jobset, in: generation, limit: limit + 1)
        return GenerationChange(
            generation: earlier.generation,
            verdict: earlier.verdict,
            jobs: changes.prefix(limit).map { change in
                ReportedChange(
                    position: change.position,
                    environment: change.environment,
                    backend: change.backend,
                    before: reported(change.before),
                    after: reported(change.after)
                )
            },
            jobsOmitted: max(0, changes.count - limit)
        )
    }

    private func reported(_ end: JobChange.End) -> ReportedChange.End {
        ReportedChange.End(outcome: end.outcome, reason: end.reason, tests: end.tests)
    }

    private func reported(_ job: JobStatus, attempts: [AttemptStatus]) throws -> ReportedJob {
        guard let outcome = job.outcome else {
            throw NotReportable(description: "job \(job.position) of a finished jobset has no outcome")
        }
        return ReportedJob(
            position: job.position,
            environment: job.environment,
            backend: job.backend,
            outcome: outcome,
            reason: job.reason,
            tests: job.tests,
            attempts: job.attempts,
            labJobs: job.labJobs.map { reported($0, of: job) },
            attemptHistory: attempts.map { attempt in
                ReportedAttempt(
                    number: attempt.number,
                    outcome: attempt.outcome,
                    reason: attempt.reason,
                    submittedAt: attempt.submittedAt,
                    endedAt: attempt.endedAt,
                    labJobs: attempt.labJobs.map { reported($0, of: job) }
                )
            }
        )
    }

    private func reported(_ labJob: LabJobStatus, of job: JobStatus) -> ReportedLabJob {
        ReportedLabJob(
            number: labJob.number,
            role: labJob.role,
            health: labJob.health,
            device: labJob.device,
            url: labJob.url ?? page(of: labJob.number, in: job.backend),
            resultsLeftOut: labJob.resultsLeftOut
        )
    }

    func reported(_ test: TestResult) -> ReportedTest {
        ReportedTest(
            job: test.position,
            environment: test.environment,
            suite: test.suite,
            suiteNumber: test.suiteNumber,
            name: test.name,
            status: test.status,
            isJobIncomplete: test.outcome != .complete,
            backend: test.backend,
            labJob: test.labJob,
            role: test.role,
            url: page(of: test.labJob, in: test.backend, line: test.startLogLine),
            measurement: test.measurement,
            units: test.units,
            startLogLine: test.startLogLine
        )
    }

    func page(of number: Int, in backend: String, line: Int? = nil) -> String? {
        labURLs[backend].map { ReportedLabJob.page(of: number, labURL: $0, line: line) }
    }
}
