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
        let jobs =
            if let found {
                try await store.jobDifferences(of: jobset, with: found.id, limit: ReportLimits.json.environments)
            } else { JobDifferences() }
        if let found, try await store.jobset(id: found.id)?.resultsRemovedAt != nil {
            // They went while it was compared: what is found so far is not true.
            parts.baseline = .removed(name: found.build)
            parts.metrics = ReportedMetrics()
            return
        }
        parts.baseline = reported(baseline, comparison, absent, jobs, isCompared: gap?.isWhole != true)
        parts.metrics = ReportedMetrics(comparison.metrics, total: comparison.metricTotal)
    }

    private func reported(
        _ baseline: Baseline,
        _ comparison: TestComparison,
        _ absentEnvironments: Int,
        _ jobs: JobDifferences,
        isCompared: Bool
    ) -> ReportedBaseline {
        switch baseline {
        case .none: return .none
        case .unknown(let name): return .unknown(name: name)
        case .unfinished(let name): return .unfinished(name: name)
        case .removed(let name): return .removed(name: name)
        case .found(let jobset):
            let reported = ReportedComparison(
                jobset: jobset,
                regressions: tests(.regression, of: comparison),
                newFailures: tests(.newFailure, of: comparison),
                fixes: tests(.fix, of: comparison),
                vanished: tests(.vanished, of: comparison),
                stillFailing: comparison.totals[.stillFailing] ?? 0,
                missingEnvironments: absentEnvironments,
                missingSuites: comparison.missingSuites,
                missingSuiteTotal: comparison.totals[.missingSuite] ?? 0,
                jobs: jobs
            )
            return isCompared ? .compared(reported) : .uncompared(reported)
        }
    }

    private func tests(_ kind: TestComparison.Kind, of comparison: TestComparison) -> ComparedTests {
        ComparedTests((comparison.tests[kind] ?? []).map { $0.linked(labs) }, total: comparison.totals[kind])
    }
}
