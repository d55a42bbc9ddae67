// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// What a lab says of a lab job that is only watched, as far as it tells whose it is.
package struct WatchedLabJobLook: Sendable, Equatable {
    /// Its row.
    package let id: Int
    /// The attempt that its definition is tagged with.
    package let tag: UUID?
    /// By the lab's clock.
    package let submitTime: Date?

    /// A look as given.
    package init(id: Int, tag: UUID?, submitTime: Date?) {
        (self.id, self.tag, self.submitTime) = (id, tag, submitTime)
    }
}

extension FleetStore {
    /// The rows of those watched lab jobs that are an attempt of another project: to whoever watches there is no such
    /// job.
    package func othersJobs(among looks: [WatchedLabJobLook]) async throws -> Set<Int> {
        guard !looks.isEmpty else { return [] }
        let rows = try await query(
            """
            select lab_job.id from lab_job join unnest(
                \(looks.map(\.id)), \(looks.map(\.tag)), \(looks.map(\.submitTime))
            ) as seen (id, tag, submit_time) on seen.id = lab_job.id
            where is_watched and \(unsafeSQL: Self.isOthers)
            """
        )
        return Set(try rows.decode(Int.self))
    }

    /// Whether the watched `lab_job` that a lab has shown as `seen` is an attempt of another project: by the tag, and
    /// where LAVA has lost that, by the number and the time of submission. A lab that was set up anew counts from 1
    /// again, so the number alone says nothing.
    static let isOthers = """
        exists (
            select from attempt as watching join job as watcher on watcher.id = watching.job_id
                join jobset as own on own.id = watcher.jobset_id
                join lateral (
                    select seen.tag as attempt_id where seen.tag is not null
                    union all
                    select other.attempt_id from lab_job as other join attempt on attempt.id = other.attempt_id
                    where seen.tag is null and other.number = lab_job.number and other.backend = lab_job.backend
                        and not other.is_watched and coalesce(
                            other.submit_time = seen.submit_time,
                            seen.submit_time > attempt.created_at - interval '1 hour',
                            true
                        )
                    union all
                    select surplus.attempt_id from surplus_lab_job as surplus
                        join attempt on attempt.id = surplus.attempt_id
                    where seen.tag is null and surplus.number = lab_job.number and surplus.backend = lab_job.backend
                        and coalesce(seen.submit_time > attempt.created_at - interval '1 hour', true)
                ) as named on true
                join attempt as named_attempt on named_attempt.id = named.attempt_id
                join job as named_job on named_job.id = named_attempt.job_id
                join jobset as theirs on theirs.id = named_job.jobset_id
            where watching.id = lab_job.attempt_id
                and (theirs.build_group, theirs.build_project) <> (own.build_group, own.build_project)
        )
        """
}
