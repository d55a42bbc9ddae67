// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// What the unfinished jobs of a jobset wait for, by lab.
    package func waits(of jobset: UUID) async throws -> [LabWait] {
        try await query(
            """
            select backend.name as backend, paused_at is not null or paused_reason is not null as is_paused,
                paused_reason, paused_at, stopped_reason, stopped_at, probe_at is not null as is_broken, last_error,
                last_error_at, last_error_at > coalesce(last_contact_at, '-infinity') as is_failing,
                open.waiting, open.in_lab, unfetched.jobs as unfetched
            from (
                select backend, count(*) filter (where state = 'waiting') as waiting,
                    count(*) filter (where state = 'submitted') as in_lab
                from job where jobset_id = \(jobset) and state <> 'finished' group by backend
            ) as open join backend on backend.name = open.backend,
                lateral (
                    select count(distinct job.id) as jobs from job join attempt on attempt.job_id = job.id
                        join lab_job on lab_job.attempt_id = attempt.id
                    where job.jobset_id = \(jobset) and job.backend = open.backend and job.state = 'submitted'
                        and attempt.state = 'submitted' and lab_job.state = 'finished' and lab_job.fetch_tries > 0
                ) as unfetched
            order by backend.name
            """
        ).decode(WaitedLab.self).flatMap(\.waits)
    }
}

/// A lab that jobs of a jobset are for.
private struct WaitedLab: Decodable {
    let backend: String
    let isPaused: Bool
    let pausedReason: String?
    let pausedAt: Date?
    let stoppedReason: String?
    let stoppedAt: Date?
    let isBroken: Bool
    let lastError: String?
    let lastErrorAt: Date?
    let isFailing: Bool?
    let waiting: Int
    let inLab: Int
    let unfetched: Int

    var waits: [LabWait] {
        [submission, fetch].compactMap(\.self)
    }

    /// Of several obstacles, the one that a person can do most about.
    private var submission: LabWait? {
        guard waiting > 0 else { return nil }
        if isPaused { return wait(.paused, pausedReason, pausedAt, waiting) }
        if let stoppedReason { return wait(.stopped, stoppedReason, stoppedAt, waiting) }
        if isBroken { return wait(.broken, lastError, lastErrorAt, waiting) }
        return inLab > 0 ? wait(.busy, nil, nil, waiting) : nil
    }

    private var fetch: LabWait? {
        if unfetched > 0 { return wait(.unfetched, lastError, lastErrorAt, unfetched) }
        return inLab > 0 && isFailing == true ? wait(.silent, lastError, lastErrorAt, inLab) : nil
    }

    private func wait(_ kind: LabWait.Kind, _ reason: String?, _ since: Date?, _ jobs: Int) -> LabWait {
        LabWait(backend: backend, kind: kind, reason: reason, since: since, jobs: jobs)
    }
}
