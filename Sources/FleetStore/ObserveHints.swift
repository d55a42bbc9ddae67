// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres

extension FleetStore {
    /// Notes which lab jobs have finished by what events say; until it is confirmed, that counts as unconfirmed.
    ///
    /// An event carries no tag. So only a number that the lab knew as ours when it was last asked is taken, and only
    /// if the job was submitted in the time of our attempt, give or take an hour by which the clocks may differ. Of a
    /// job that is only watched nothing is taken before the lab was asked whose it is.
    ///
    /// - Returns: those that were not known to have finished: their results are to be fetched.
    package func observeFinished(hints: [LabJobObservation], backend: String) async throws -> [FinishedLabJob] {
        let seen = Self.oncePerNumber(hints)
        guard !seen.isEmpty else { return [] }
        let rows = try await query(
            """
            update lab_job set state = 'finished', lab_state = 'Finished', is_confirmed = false,
                health = seen.health, device = coalesce(seen.device, lab_job.device),
                submit_time = coalesce(seen.submit_time, lab_job.submit_time),
                start_time = coalesce(seen.start_time, lab_job.start_time), end_time = seen.end_time,
                announced_at = now(), checked_at = now(), fetch_due_at = null, fetch_tries = 0
            from unnest(
                \(seen.map(\.number)), \(seen.map(\.health)), \(seen.map(\.device)),
                \(seen.map(\.submitTime)), \(seen.map(\.startTime)), \(seen.map(\.endTime))
            ) as seen (number, health, device, submit_time, start_time, end_time), attempt
            where lab_job.backend = \(backend) and lab_job.number = seen.number and lab_job.state = 'submitted'
                and lab_job.missing_since is null and attempt.id = lab_job.attempt_id
                and (not is_watched or lab_job.submit_time is not null)
                and (seen.submit_time is null or is_watched or seen.submit_time
                    between attempt.created_at - interval '1 hour' and now() + interval '1 hour')
            returning lab_job.id, lab_job.number
            """,
            idempotent: false
        )
        return try rows.decode(FinishedLabJob.self)
    }

    /// Notes how far lab jobs are that have not finished. What is noted may be old or go back: it is shown, and the
    /// limits of time ask the lab before they go by it.
    package func recordStates(hints: [LabJobObservation], backend: String) async throws {
        let seen = Self.oncePerNumber(hints.reversed())
        guard !seen.isEmpty else { return }
        try await execute(
            """
            update lab_job set lab_state = seen.lab_state, device = coalesce(seen.device, lab_job.device),
                submit_time = coalesce(seen.submit_time, lab_job.submit_time),
                start_time = coalesce(seen.start_time, lab_job.start_time)
            from unnest(
                \(seen.map(\.number)), \(seen.map(\.labState)), \(seen.map(\.device)),
                \(seen.map(\.submitTime)), \(seen.map(\.startTime))
            ) as seen (number, lab_state, device, submit_time, start_time)
            where lab_job.backend = \(backend) and lab_job.number = seen.number and lab_job.state = 'submitted'
                and lab_job.missing_since is null and (not is_watched or lab_job.submit_time is not null)
            """
        )
    }

    /// The first hint of each number, by number: rows are locked in one order, and each is written once.
    private static func oncePerNumber(_ hints: [LabJobObservation]) -> [LabJobObservation] {
        Dictionary(hints.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { $0.number < $1.number }
    }
}
