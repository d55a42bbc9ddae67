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
        var difference = JobsetDifference(tests: comparison)
        if let found {
            let limit = ReportLimits.json.environments
            difference.jobs = try await store.jobDifferences(of: jobset, with: found.id, limit: limit)
            difference.environments =
                try await store.environmentDifferences(of: jobset, with: found.id, limit: limit)
        }
        if let found, try await store.jobset(id: found.id)?.resultsRemovedAt != nil {
            // They went while it was compared: what is found so far is not true.
            parts.baseline = .removed(name: found.build)
            parts.metrics = ReportedMetrics()
            return
        }
        parts.baseline = reported(baseline, difference, isCompared: gap?.isWhole != true)
        parts.metrics = ReportedMetrics(comparison.metrics, total: comparison.metricTotal)
    }

    private func reported(
        _ baseline: Baseline,
        _ difference: JobsetDifference,
        isCompared: Bool
    ) -> ReportedBaseline {
        switch baseline {
        case .none: return .none
        case .unknown(let name): return .unknown(name: name)
        case .unfinished(let name): return .unfinished(name: name)
        case .removed(let name): return .removed(name: name)
        case .found(let jobset):
            let reported = ReportedComparison(difference, with: jobset, labs)
            return isCompared ? .compared(reported) : .uncompared(reported)
        }
    }
}
