// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// The jobsets of a project that run, the latest first, and those that ended at that time or later, the earliest first.
    /// Each is read by an index, and no more than `limit` of each kind.
    package func progress(
        of group: String,
        _ project: String,
        endedSince start: Date,
        limit: Int
    ) async throws -> (running: [JobsetProgress], ended: [JobsetProgress]) {
        let running = try await query(
            """
            select \(unsafeSQL: Self.progressColumns) from jobset
            where state = 'running' and build_group = \(group) and build_project = \(project)
            order by created_at desc limit \(limit)
            """
        ).decode(JobsetProgress.self)
        let ended = try await query(
            """
            select \(unsafeSQL: Self.progressColumns) from jobset
            where state = 'finished' and build_group = \(group) and build_project = \(project)
                and finished_at >= \(start)
            order by finished_at limit \(limit)
            """
        ).decode(JobsetProgress.self)
        return (running, ended)
    }

    /// What time it is to the database, which writes down when things happen.
    package func now() async throws -> Date { try await query("select now()").one().decode(Date.self) }

    private static let progressColumns = """
        id, '/' || build_group || '/' || build_project || '/' || build_version as build, state, verdict, generation, total,
            pending, failures, labels, canceled_at, created_at, finished_at
        """
}
