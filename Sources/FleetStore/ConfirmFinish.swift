// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres

extension FleetStore {
    /// Notes what the lab itself says of a lab job of which so far only an event had told that it finished.
    ///
    /// - Returns: whether it is ours: a lab that was set up anew gives its numbers to others.
    package func confirmFinish(ofLabJob id: Int, _ observation: FinishedObservation) async throws -> Bool {
        let rows = try await query(
            """
            update lab_job set is_confirmed = true, health = \(observation.health),
                device = coalesce(\(observation.device), device),
                device_type = coalesce(\(observation.deviceType), device_type),
                submit_time = coalesce(seen.submit_time, lab_job.submit_time),
                start_time = \(observation.startTime), end_time = \(observation.endTime), url = \(observation.url)
            from (select \(observation.tag)::uuid as tag, \(observation.submitTime)::timestamptz as submit_time) as seen
            where id = \(id) and state <> 'submitted' and number = \(observation.number)
                and (seen.tag = attempt_id or (seen.tag is null and sub_id is not null)
                    or (is_watched and not \(unsafeSQL: Self.isOthers)))
            returning id
            """
        )
        return !rows.isEmpty
    }

    /// Takes back that a lab job has finished: an event told so, and the lab denies it. It is asked for by number
    /// soon, and what was stored of its results is dropped.
    package func unobserveFinish(ofLabJob id: Int) async throws {
        try await transaction { sql in
            let rows = try sql.query(
                """
                update lab_job set state = 'submitted', lab_state = null, health = null, end_time = null,
                    is_confirmed = true, announced_at = null, checked_at = '-infinity',
                    fetch_due_at = null, fetch_tries = 0,
                    -- Canceled in the moment of its start, LAVA tells its end and then runs it: it is to be told again.
                    cancel_due_at = case when cancel_tries > 0 then now() end
                where id = \(id) and state = 'finished' and not is_confirmed
                returning id
                """
            )
            guard !rows.isEmpty else { return }
            try sql.execute("delete from result where lab_job_id = \(id)")
        }
    }
}
