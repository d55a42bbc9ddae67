// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Postgres

/// What is known of the fetches that a lab failed.
package struct FailingFetches: Sendable, Equatable, Decodable {
    /// How many lab jobs have finished, and the fetch of their results has failed at least once.
    package let count: Int
    /// Whether one that failed has been tried just now, so that it is known whether the lab is better.
    package let wasTriedLately: Bool
}

extension FleetStore {
    /// Notes that the results of a lab job could not be fetched, and when that is due again. No message is out then:
    /// a row outlives a broker, and all of a lab can be made due at once when it is back.
    package func deferFetch(ofLabJob id: Int, by pause: Duration) async throws {
        try await execute(
            """
            update lab_job set fetch_due_at = now() + \(pause),
                fetch_tries = fetch_tries + 1
            where id = \(id) and state = 'finished'
            """,
            idempotent: false
        )
    }

    /// Has lab jobs announced again that could not be announced.
    package func returnToFetch(_ ids: [Int]) async throws {
        try await execute(
            "update lab_job set fetch_due_at = now() where id = any(\(ids.sorted())) and state = 'finished'"
        )
    }

    /// Notes that the fetch of a lab job goes on: it counts as announced from now.
    package func touchFetch(ofLabJob id: Int) async throws {
        try await execute(
            "update lab_job set announced_at = now() where id = \(id) and state = 'finished' and fetch_due_at is null"
        )
    }

    /// Takes the lab jobs of a lab whose fetch is due; they count as announced from now.
    ///
    /// - Returns: their rows; `limit` of them when there may be more.
    package func takeDueFetches(backend: String, limit: Int) async throws -> [Int] {
        let rows = try await query(
            """
            update lab_job set fetch_due_at = null, announced_at = now() where id in (
                select id from lab_job
                where backend = \(backend) and state = 'finished' and fetch_due_at <= now()
                order by fetch_due_at, id limit \(limit) for no key update skip locked
            )
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(Int.self)
    }

    /// What the lab fails at present.
    ///
    /// - Parameter pause: A try that began longer ago does not count as lately.
    package func failingFetches(backend: String, pause: Duration) async throws -> FailingFetches {
        let rows = try await query(
            """
            select count(*) as count, coalesce(bool_or(announced_at > now() - \(pause)), false) as was_tried_lately
            from lab_job where backend = \(backend) and state = 'finished' and fetch_tries > 0
            """
        )
        return try rows.one().decode(FailingFetches.self)
    }

    /// Takes one lab job whose fetch has failed before it is due again, to see whether the lab is better: the one that
    /// was tried least, since one that fails for reasons of its own shows nothing.
    package func takeTrialFetch(backend: String) async throws -> [Int] {
        let rows = try await query(
            """
            update lab_job set fetch_due_at = null, announced_at = now() where id in (
                select id from lab_job
                where backend = \(backend) and state = 'finished' and fetch_due_at > now()
                order by fetch_tries, fetch_due_at, id limit 1 for no key update skip locked
            )
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(Int.self)
    }

    /// Makes every fetch from a lab that was put off due now: there are signs that the lab is back.
    package func makeFetchesDue(backend: String) async throws {
        try await execute(
            """
            update lab_job set fetch_due_at = now()
            where backend = \(backend) and state = 'finished' and fetch_due_at > now()
            """
        )
    }

    /// Has the lab jobs of a lab announced again whose message may never have been sent: those that were announced
    /// within `window` of a watcher that is gone. A second message for one that was sent does no harm.
    package func reannounce(backend: String, within window: Duration) async throws {
        try await execute(
            """
            update lab_job set fetch_due_at = now()
            where backend = \(backend) and state = 'finished' and fetch_due_at is null
                and announced_at > now() - \(window)
            """
        )
    }

    /// Whether a lab job was seen to have finished longer ago than `limit`.
    package func hasFinished(labJob id: Int, longerAgoThan limit: Duration) async throws -> Bool {
        let rows = try await query(
            """
            select from lab_job
            where id = \(id) and state <> 'submitted' and checked_at < now() - \(limit)
            """
        )
        return !rows.isEmpty
    }

    /// How many results of a lab job are stored, of one whose last page never came.
    package func storedResults(ofLabJob id: Int) async throws -> Int {
        let rows = try await query(
            "select count(*) from result where lab_job_id = \(id)"
        )
        return try rows.first?.decode(Int.self) ?? 0
    }

    /// Stores a page of results of a lab job that has more than one, so that no more than a page of them is ever held
    /// in memory. The last page is stored by ``finishLabJobs(_:retryAfter:)``, with the lab job's end.
    ///
    /// A repeat, from whichever page on, writes nothing new: a lab job's results have an order that does not change.
    ///
    /// - Parameter position: The place of the first of `rows` among all of the lab job's.
    /// - Returns: whether there is still something to store; `false` when somebody else has stored all of it, or the
    ///   lab was found to have it still.
    package func storeResults(ofLabJob id: Int, from position: Int, _ rows: [ResultRow]) async throws -> Bool {
        try await transaction { sql in
            // Touched, so that the sweep does not take the message of so long a fetch for lost.
            let touched = try sql.execute(
                "update lab_job set announced_at = now() where id = \(id) and state = 'finished'"
            )
            guard touched > 0 else { return false }
            try sql.execute(
                """
                insert into result (
                    lab_job_id, position, suite, suite_number, name, status, measurement, units,
                    start_log_line, end_log_line
                )
                select \(id), \(position) + row.place - 1, row.suite, row.suite_number, row.name, row.status,
                    row.measurement::numeric, row.units, row.start_log_line, row.end_log_line
                from unnest(
                    \(rows.map(\.suite)), \(rows.map(\.suiteNumber)), \(rows.map(\.name)),
                    \(rows.map(\.status)), \(rows.map(\.measurement)), \(rows.map(\.units)),
                    \(rows.map(\.startLogLine)), \(rows.map(\.endLogLine))
                ) with ordinality as row (
                    suite, suite_number, name, status, measurement, units, start_log_line, end_log_line, place
                )
                on conflict (lab_job_id, position) do nothing
                """
            )
            return true
        }
    }
}
