// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A test case as SQUAD's clients know it.
package struct SQUADResult: Sendable, Equatable, Decodable {
    /// The row of its lab job.
    package let labJobID: Int
    /// Its place among the lab job's results.
    package let index: Int
    /// Its job's place in the document.
    package let position: Int
    package let environment: String
    package let suite: String
    package let name: String
    package let status: ResultStatus
    /// What was measured, as a number in text.
    package let measurement: String?
    package let units: String?

    /// How many results of a lab job can have a number.
    private static let resultsPerLabJob = 1 << 22

    /// A number of its own: that of no other result.
    package var id: Int {
        labJobID.multipliedReportingOverflow(by: Self.resultsPerLabJob).partialValue &+ index % Self.resultsPerLabJob
    }
}

/// Where a test case stands among those of a build.
package struct SQUADResultPlace: Sendable, Equatable {
    /// The place of its jobset among the build's.
    package let jobset: Int
    package let position: Int
    package let labJobID: Int
    package let index: Int

    package init(jobset: Int, position: Int, labJobID: Int, index: Int) {
        (self.jobset, self.position, self.labJobID, self.index) = (jobset, position, labJobID, index)
    }
}

/// Which test cases of a build to list.
package struct SQUADResultFilter: Sendable {
    /// Only those of these environments.
    package var environments: [String]?
    /// Only those of these suites.
    package var suites: [String]?
    /// Only those that said so.
    package var statuses: [ResultStatus]?
    /// Only those of the job at this place in its document.
    package var position: Int?
    /// Only those with a measurement.
    package var isMeasured = false
    /// Only those behind this one.
    package var after: SQUADResultPlace?
    package var limit = 50

    package init() {}
}

extension FleetStore {
    /// Test cases of jobsets in their order: those of each job's last attempt, if it has ended, without LAVA's own suite.
    ///
    /// - Returns: at most `limit` of them, each with the place of its jobset, and where the next ones begin.
    package func squadResults(
        of jobsets: [UUID],
        _ filter: SQUADResultFilter
    ) async throws -> (results: [(jobset: Int, result: SQUADResult)], next: SQUADResultPlace?) {
        var found: [(jobset: Int, result: SQUADResult)] = []
        for place in (filter.after?.jobset ?? 0)..<max(jobsets.count, filter.after?.jobset ?? 0) {
            let after = place == filter.after?.jobset ? filter.after : nil
            let limit = filter.limit - found.count
            let rows = try await squadResults(of: jobsets[place], filter, after: after, limit: limit + 1)
            found += rows.prefix(limit).map { (place, $0) }
            if rows.count > limit, let last = found.last {
                let next = SQUADResultPlace(
                    jobset: last.jobset,
                    position: last.result.position,
                    labJobID: last.result.labJobID,
                    index: last.result.index
                )
                return (found, next)
            }
        }
        return (found, nil)
    }

    private func squadResults(
        of jobset: UUID,
        _ filter: SQUADResultFilter,
        after: SQUADResultPlace?,
        limit: Int
    ) async throws -> [SQUADResult] {
        let (environments, suites) = (filter.environments, filter.suites)
        let statuses = filter.statuses?.map(\.rawValue)
        return try await query(
            """
            select lab_job.id as lab_job_id, result.position as index, job.position, job.environment, left(suite, \(unsafeSQL: Self.longestSlug)) as suite, result.name,
                result.status, trim_scale(measurement)::text as measurement, units
            from \(unsafeSQL: CountedResults.tables)
            where job.jobset_id = \(jobset) and \(unsafeSQL: CountedResults.condition)
                and (\(environments == nil) or job.environment = any(\(environments ?? [])))
                and (\(suites == nil) or left(suite, \(unsafeSQL: Self.longestSlug)) = any(\(suites ?? [])))
                and (\(statuses == nil) or result.status = any(\(statuses ?? [])))
                and (\(filter.position) is null or job.position = \(filter.position))
                and (not \(filter.isMeasured) or measurement is not null)
                and job.position >= \(after?.position ?? 0)
                and (job.position, lab_job.id, result.position)
                    > (\(after?.position ?? -1), \(after?.labJobID ?? -1), \(after?.index ?? -1))
            order by job.position, lab_job.id, result.position limit \(limit)
            """
        ).decode(SQUADResult.self)
    }

    /// How many test cases of ended jobs these jobsets have, in the environments and at the place that the filter says.
    package func squadResultCount(of jobsets: [UUID], _ filter: SQUADResultFilter) async throws -> Int {
        let environments = filter.environments
        return try await query(
            """
            select coalesce(sum(tests_pass + tests_fail + tests_xfail + tests_skip + tests_unknown), 0)::bigint from job
            where jobset_id = any(\(jobsets)) and outcome is not null
                and (\(filter.position) is null or position = \(filter.position))
                and (\(environments == nil) or environment = any(\(environments ?? [])))
            """
        ).one().decode(Int.self)
    }

    /// The numbers of the test jobs at these places of a jobset.
    package func squadJobNumbers(of jobset: UUID, positions: Set<Int>) async throws -> [Int: Int] {
        let wanted = positions.sorted()
        let rows = try await query(
            """
            select coalesce(squad_job.position, jobset_addition.first_position)::bigint as position, squad_job.id
            from squad_job left join jobset_addition
                on jobset_addition.jobset_id = squad_job.jobset_id and jobset_addition.id = addition_id
            where squad_job.jobset_id = \(jobset)
                and coalesce(squad_job.position, jobset_addition.first_position) = any(\(wanted))
            """
        )
        let pairs = try rows.map { row in try row.decode(Int.self, Int.self) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The build that the report of a jobset compares it with; `nil` if it is none that has a number.
    package func squadBaseline(of jobset: UUID) async throws -> Int? {
        try await query(
            """
            select coalesce(
                (select id from squad_build where jobset_id = latest.baseline_id),
                (select build_id from squad_job where jobset_id = latest.baseline_id limit 1)
            )
            from (
                select baseline_id from report where jobset_id = \(jobset) order by generation desc limit 1
            ) as latest
            """
        ).first?.decode(Int?.self)
    }
}
