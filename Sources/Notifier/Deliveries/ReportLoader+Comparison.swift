// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Reports

extension ReportLoader {
    /// How a jobset compares with its baseline, and what it measured.
    func addComparison(
        of jobset: UUID,
        _ baseline: Baseline,
        _ pieces: [[String]],
        to parts: inout ReportParts
    ) async throws {
        let found: BaselineJobset? = if case .found(let found) = baseline { found } else { nil }
        let (limit, metricLimit) = (ReportLimits.json.comparedTests, ReportLimits.json.metrics)
        var comparison = TestComparison()
        let gap = try await eachPiece(pieces, .comparison) { environments, time in
            let piece = try await store.compare(
                jobset,
                with: found?.id,
                environments: environments,
                limit: limit,
                metricLimit: metricLimit,
                within: time
            )
            comparison.add(piece, limit: limit, metricLimit: metricLimit)
        }
        if let gap { parts.missing.append(gap) }
        let absent = if let found { try await store.missingEnvironments(of: jobset, in: found.id) } else { 0 }
        parts.baseline = reported(baseline, comparison, absent, isCompared: gap?.isWhole != true)
        parts.metrics = reportedMetrics(comparison)
    }

    private func reported(
        _ baseline: Baseline,
        _ comparison: TestComparison,
        _ absentEnvironments: Int,
        isCompared: Bool
    ) -> ReportedBaseline {
        switch baseline {
        case .none: return .none
        case .unknown(let name): return .unknown(name: name)
        case .unfinished(let name): return .unfinished(name: name)
        case .found(let jobset):
            let reported = ReportedComparison(
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
                missingEnvironments: absentEnvironments
            )
            return isCompared ? .compared(reported) : .uncompared(reported)
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
}
