// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Postgres

/// A job that a result may be of whose sender names a build and an environment, and no job.
package struct ResultCandidate: Sendable, Equatable, Decodable {
    package let job: Int
    package let isFinished: Bool
    /// What its latest result calls the run, and what it says; nil while there is none.
    package let run: String?
    package let digest: [UInt8]?
    /// Whether it waits for a result: its present attempt has none.
    package let isOpen: Bool
}

extension FleetStore {
    /// The most jobs of one environment that are looked through.
    private static let maximumCandidates = 10_000

    /// The jobs of a build and an environment that somebody else runs, in the order of their jobsets and documents.
    package func resultCandidates(
        of build: Build,
        environment: String,
        externalBackends: Set<String>
    ) async throws -> [ResultCandidate] {
        try await query(
            """
            select job.id as job, job.state = 'finished' as is_finished, last.run, last.digest,
                job.state <> 'finished' and (last.number is null or last.attempt < coalesce(
                    (select max(attempt.number) filter (where attempt.state <> 'ended') from attempt
                        where attempt.job_id = job.id),
                    (select max(attempt.number) + 1 from attempt where attempt.job_id = job.id), 1
                )) as is_open
            from jobset join job on job.jobset_id = jobset.id left join lateral (
                select number, attempt, run, digest from external_job
                where external_job.job_id = job.id and external_job.outcome is not null
                order by attempt desc limit 1
            ) as last on true
            where build_group = \(build.group) and build_project = \(build.project)
                and build_version = \(build.version) and environment = \(environment)
                and job.backend = any(\(externalBackends.sorted()))
            order by jobset.created_at, job.position limit \(Self.maximumCandidates)
            """
        ).decode(ResultCandidate.self)
    }
}
