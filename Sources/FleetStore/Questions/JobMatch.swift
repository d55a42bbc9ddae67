// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// How jobs of one jobset are found again in another.
enum JobMatch {
    /// What a job of `job` joined with `jobset` is matched by within its environment: its name without the version of the
    /// build, which many authors write into it. A version of few characters may stand there by chance.
    static let key = """
        case when length(build_version) < 4 then coalesce(name, '')
            else replace(coalesce(name, ''), build_version, '') end
        """
}

extension FleetStore {
    /// The jobs that only one of two jobsets has by their name, in environments that both have.
    ///
    /// - Parameter limit: The most jobs of either that are looked at.
    package func jobDifferences(of jobset: UUID, with baseline: UUID, limit: Int) async throws -> JobDifferences {
        let rows = try await query(
            """
            with named as (
                select job.jobset_id = \(jobset) as is_after, job.environment, job.name, job.position,
                    \(unsafeSQL: JobMatch.key) as key
                from job join jobset on jobset.id = job.jobset_id
                where job.jobset_id in (\(jobset), \(baseline))
            ), shared as (
                select environment from named group by environment having bool_or(is_after) and bool_or(not is_after)
            )
            select environment, name, is_after from named
            where environment in (select environment from shared) and not exists (
                select from named as other where other.environment = named.environment and other.key = named.key
                    and other.is_after <> named.is_after
            )
            order by environment, is_after, position limit \(limit)
            """
        ).decode(UnmatchedJob.self)
        return JobDifferences(
            after: rows.filter(\.isAfter).map { NamedJob(environment: $0.environment, name: $0.name) },
            before: rows.filter { !$0.isAfter }.map { NamedJob(environment: $0.environment, name: $0.name) }
        )
    }
}

/// A job that the other jobset does not have.
private struct UnmatchedJob: Decodable {
    let environment: String
    let name: String?
    let isAfter: Bool
}
