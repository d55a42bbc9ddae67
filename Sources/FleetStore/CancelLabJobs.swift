// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres

/// A lab job that its lab is to cancel.
public struct LabJobToCancel: Sendable, Hashable {
    /// What is known of it.
    public let labJob: OutstandingLabJob
    /// How often the lab was told, this time included.
    public let tries: Int
}

extension FleetStore {
    /// Takes lab jobs that are to be canceled in their lab. They come again after a pause that grows, until the lab
    /// says that they have ended or ``settleCancels(_:)`` is called.
    public func takeCancels(backend: String, limit: Int) async throws -> [LabJobToCancel] {
        try await client.execute(
            """
            update lab_job set cancel_due_at = null
            where backend = \(backend) and cancel_due_at is not null and state <> 'submitted'
            """,
            idempotent: true
        )
        let rows = try await client.query(
            """
            update lab_job set cancel_tries = cancel_tries + 1,
                cancel_due_at = now() + make_interval(secs =>
                    least(60, 2 * power(2, least(cancel_tries, 10))) * (0.8 + 0.2 * random()))
            where id in (
                select id from lab_job where backend = \(backend) and cancel_due_at <= now()
                order by cancel_due_at, id limit \(limit) for no key update skip locked
            )
            returning id, number, attempt_id, sub_id is not null, is_watched, cancel_tries::bigint
            """
        )
        return try rows.map { row in
            let (id, number, attempt, isMember, isWatched, tries) = try row.decode(
                Int.self,
                Int.self,
                UUID.self,
                Bool.self,
                Bool.self,
                Int.self
            )
            let labJob = OutstandingLabJob(
                id: id,
                number: number,
                attempt: attempt,
                isMember: isMember,
                isWatched: isWatched
            )
            return LabJobToCancel(labJob: labJob, tries: tries)
        }
    }

    /// Takes back that a lab was told: it could not be reached.
    public func returnCancels(_ ids: [Int]) async throws {
        try await client.execute(
            "update lab_job set cancel_tries = greatest(0, cancel_tries - 1) where id = any(\(ids.sorted()))"
        )
    }

    /// Has lab jobs no longer canceled: the lab does not know them, or was told often enough.
    public func settleCancels(_ ids: [Int]) async throws {
        try await client.execute(
            "update lab_job set cancel_due_at = null where id = any(\(ids.sorted()))",
            idempotent: true
        )
    }
}
