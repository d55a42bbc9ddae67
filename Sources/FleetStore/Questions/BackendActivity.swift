// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What a lab has to do for Muster, and how that goes.
package struct BackendActivity: Sendable, Equatable {
    /// Jobs of one jobset that wait for the lab.
    package struct Queue: Sendable, Equatable, Decodable {
        package let jobset: JobsetSummary
        /// How many of its jobs wait.
        package let waiting: Int
        /// Since when the first of them does.
        package let since: Date
    }

    /// A job that the lab has.
    package struct InFlight: Sendable, Equatable, Decodable {
        package let jobset: JobsetSummary
        /// Its place in the document.
        package let position: Int
        /// What it runs in or on.
        package let environment: String
        /// LAVA's own number.
        package let number: Int
        /// What the lab last said of it.
        package let labState: String?
        /// When the lab had taken it.
        package let since: Date
        /// When it was last asked for.
        package let checkedAt: Date
    }

    /// A submission that does not succeed.
    package struct Failure: Sendable, Equatable, Decodable {
        package let jobset: JobsetSummary
        /// Its job's place in the document.
        package let position: Int
        /// How often it was tried.
        package let tries: Int
        /// What it failed with.
        package let error: String
    }

    /// How many jobs the lab took within the last hour.
    package let submittedInLastHour: Int
    /// How many came to their end within it.
    package let endedInLastHour: Int
}

extension FleetStore {
    /// How many jobs a lab took and ended within the last hour.
    package func activity(of backend: String) async throws -> BackendActivity {
        let (submitted, ended) =
            try await query(
                """
                select count(*) filter (where submitted_at > now() - interval '1 hour'),
                    count(*) filter (where ended_at > now() - interval '1 hour')
                from attempt where backend = \(backend) and submitted_at > now() - interval '1 day'
                """
            ).first?.decode(Int.self, Int.self) ?? (0, 0)
        return BackendActivity(submittedInLastHour: submitted, endedInLastHour: ended)
    }

    /// The jobsets whose jobs wait for a lab, those that wait longest first, as far as they are of these projects.
    package func queue(of backend: String, scopes: [ProjectScope], limit: Int) async throws -> [BackendActivity.Queue] {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            select waiting.number as waiting, waiting.since, \(unsafeSQL: Self.jobsetSummaryColumns)
            from (
                select jobset_id, count(*) as number, min(waiting_since) as since
                from job where backend = \(backend) and state = 'waiting' group by jobset_id
            ) as waiting join jobset on jobset.id = waiting.jobset_id
            where \(scopes.isAll) or build_group = any(\(scopes.groups))
                or build_group || '/' || build_project = any(\(scopes.projects))
            order by waiting.since limit \(limit)
            """
        ).decode(BackendActivity.Queue.self)
    }

    /// What a lab has, the oldest first, as far as it is of these projects.
    package func inFlight(in backend: String, scopes: [ProjectScope], limit: Int) async throws
        -> [BackendActivity.InFlight]
    {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            select job.position, job.environment, lab_job.number, lab_job.lab_state, lab_job.created_at as since,
                lab_job.checked_at, found.*
            from lab_job join attempt on attempt.id = lab_job.attempt_id join job on job.id = attempt.job_id,
                lateral (select \(unsafeSQL: Self.jobsetSummaryColumns) from jobset where id = job.jobset_id) as found
            where lab_job.backend = \(backend) and lab_job.state = 'submitted'
                and (\(scopes.isAll) or found.jobset_group = any(\(scopes.groups))
                    or found.jobset_group || '/' || found.jobset_project = any(\(scopes.projects)))
            order by lab_job.created_at limit \(limit)
            """
        ).decode(BackendActivity.InFlight.self)
    }

    /// The submissions to a lab that fail at present, those tried most often first, as far as they are of these projects.
    package func failingSubmissions(to backend: String, scopes: [ProjectScope], limit: Int) async throws
        -> [BackendActivity.Failure]
    {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            select job.position, attempt.tries, attempt.last_error as error, found.*
            from attempt join job on job.id = attempt.job_id,
                lateral (select \(unsafeSQL: Self.jobsetSummaryColumns) from jobset where id = job.jobset_id) as found
            where attempt.backend = \(backend) and attempt.state = 'submitting' and attempt.last_error is not null
                and (\(scopes.isAll) or found.jobset_group = any(\(scopes.groups))
                    or found.jobset_group || '/' || found.jobset_project = any(\(scopes.projects)))
            order by attempt.tries desc limit \(limit)
            """
        ).decode(BackendActivity.Failure.self)
    }
}
