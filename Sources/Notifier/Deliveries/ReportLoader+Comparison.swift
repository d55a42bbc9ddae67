// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Reports

extension ReportLoader {
    /// How a jobset compares with its baseline, and what it measured.
    func comparison(of jobset: UUID) async throws -> (baseline: ReportedBaseline, metrics: ReportedMetrics) {
        let baseline = try await store.baseline(of: jobset)
        let found: BaselineJobset? = if case .found(let found) = baseline { found } else { nil }
        let comparison = try await store.compare(
            jobset,
            with: found?.id,
            limit: ReportLimits.json.comparedTests,
            metricLimit: ReportLimits.json.metrics
        )
        return (reported(baseline, comparison), reportedMetrics(comparison))
    }

    private func reported(_ baseline: Baseline, _ comparison: TestComparison) -> ReportedBaseline {
        switch baseline {
        case .none: .none
        case .unknown(let name): .unknown(name: name)
        case .unfinished(let name): .unfinished(name: name)
        case .found(let jobset):
            .compared(
                ReportedComparison(
                    jobset: jobset.id,
                    build: jobset.build,
                    verdict: jobset.verdict,
                    finishedAt: jobset.finishedAt,
                    isNamed: jobset.isNamed,
                    regressions: tests(.regression, of: comparison),
                    newFailures: tests(.newFailure, of: comparison),
                    fixes: tests(.fix, of: comparison),
                    vanished: tests(.vanished, of: comparison),
                    stillFailing: comparison.totals[.stillFailing] ?? 0,
                    missingEnvironments: comparison.missingEnvironments
                )
            )
        }
    }

    private func tests(_ kind: TestComparison.Kind, of comparison: TestComparison) -> ComparedTests {
        let tests = comparison.tests[kind] ?? []
        return ComparedTests(
            tests.map { test in
                ComparedTest(
                    environment: test.environment,
                    suite: test.suite,
                    suiteRun: test.suiteRun,
                    role: test.role,
                    name: test.name,
                    before: test.before,
                    after: test.after,
                    isJobIncomplete: test.isJobIncomplete,
                    url: test.backend.flatMap { lab in
                        test.labJob.flatMap { page(of: $0, in: lab, line: test.startLogLine) }
                    }
                )
            },
            total: comparison.totals[kind]
        )
    }

    private func reportedMetrics(_ comparison: TestComparison) -> ReportedMetrics {
        ReportedMetrics(
            comparison.metrics.map { metric in
                ReportedMetric(
                    environment: metric.environment,
                    suite: metric.suite,
                    suiteRun: metric.suiteRun,
                    role: metric.role,
                    name: metric.name,
                    units: metric.units,
                    before: metric.before,
                    after: metric.after
                )
            },
            total: comparison.metricTotal
        )
    }

    /// How long the jobs waited and ran.
    func times(of jobset: UUID) async throws -> ReportedTimes? {
        try await store.jobTimes(of: jobset, limit: ReportLimits.json.slowestJobs).map { times in
            ReportedTimes(
                jobs: times.jobs,
                queue: reported(times.queue),
                run: reported(times.run),
                slowest: times.slowest.map { job in
                    TimedJob(
                        position: job.position,
                        environment: job.environment,
                        backend: job.backend,
                        outcome: job.outcome,
                        queueSeconds: job.queueSeconds,
                        runSeconds: job.runSeconds,
                        url: page(of: job.labJob, in: job.backend)
                    )
                }
            )
        }
    }

    private func reported(_ spread: JobTimes.Spread) -> ReportedTimes.Spread {
        ReportedTimes.Spread(median: spread.median, longest: spread.longest, sum: spread.sum)
    }

    /// What the suites come to.
    func suites(of jobset: UUID) async throws -> ReportedSuites {
        let (suites, total) = try await store.suites(of: jobset, limit: ReportLimits.json.environments)
        return ReportedSuites(
            suites.map { SuiteTotals(environment: $0.environment, suite: $0.suite, tests: $0.tests) },
            total: total
        )
    }
}
