// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Postgres

/// What is known of the fetches that a lab failed.
public struct FailingFetches: Sendable, Equatable {
    /// How many lab jobs have finished, and the fetch of their results has failed at least once.
    public let count: Int
    /// Whether one that failed has been tried just now, so that it is known whether the lab is better.
    public let wasTriedLately: Bool
}

extension FleetStore {
    /// Notes that the results of a lab job could not be fetched, and when that is due again. No message is out then:
    /// a row outlives a broker, and all of a lab can be made due at once when it is back.
    public func deferFetch(ofLabJob id: Int, by pause: Duration) async throws {
        try await client.execute(
            """
            update lab_job set fetch_due_at = now() + make_interval(secs => \(pause.seconds)),
                fetch_tries = fetch_tries + 1
            where id = \(id) and state = 'finished'
            """
        )
    }

    /// Has lab jobs announced again that could not be announced.
    public func returnToFetch(_ ids: [Int]) async throws {
        try await client.execute(
            "update lab_job set fetch_due_at = now() where id = any(\(ids.sorted())) and state = 'finished'",
            idempotent: true
        )
    }

    /// Notes that the fetch of a lab job goes on: it counts as announced from now.
    public func touchFetch(ofLabJob id: Int) async throws {
        try await client.execute(
            "update lab_job set announced_at = now() where id = \(id) and state = 'finished' and fetch_due_at is null",
            idempotent: true
        )
    }

    /// Takes the lab jobs of a lab whose fetch is due; they count as announced from now.
    ///
    /// - Returns: their rows; `limit` of them when there may be more.
    public func takeDueFetches(backend: String, limit: Int) async throws -> [Int] {
        let rows = try await client.query(
            """
            update lab_job set fetch_due_at = null, announced_at = now() where id in (
                select id from lab_job
                where backend = \(backend) and state = 'finished' and fetch_due_at <= now()
                order by fetch_due_at, id limit \(limit) for no key update skip locked
            )
            returning id
            """
        )
        return try rows.map { try $0.decode(Int.self) }
    }

    /// What the lab fails at present.
    ///
    /// - Parameter pause: A try that began longer ago does not count as lately.
    public func failingFetches(backend: String, pause: Duration) async throws -> FailingFetches {
        let rows = try await client.query(
            """
            select count(*), coalesce(bool_or(announced_at > now() - make_interval(secs => \(pause.seconds))), false)
            from lab_job where backend = \(backend) and state = 'finished' and fetch_tries > 0
            """,
            idempotent: true
        )
        guard let row = rows.first else { return FailingFetches(count: 0, wasTriedLately: false) }
        let (count, lately) = try row.decode(Int.self, Bool.self)
        return FailingFetches(count: count, wasTriedLately: lately)
    }

    /// Takes one lab job whose fetch has failed before it is due again, to see whether the lab is better: the one that
    /// was tried least, since one that fails for reasons of its own shows nothing.
    public func takeProbeFetch(backend: String) async throws -> [Int] {
        let rows = try await client.query(
            """
            update lab_job set fetch_due_at = null, announced_at = now() where id in (
                select id from lab_job
                where backend = \(backend) and state = 'finished' and fetch_due_at > now()
                order by fetch_tries, fetch_due_at, id limit 1 for no key update skip locked
            )
            returning id
            """
        )
        return try rows.map { try $0.decode(Int.self) }
    }

    /// Makes every fetch from a lab that was put off due now: there are signs that the lab is back.
    public func makeFetchesDue(backend: String) async throws {
        try await client.execute(
            """
            update lab_job set fetch_due_at = now()
            where backend = \(backend) and state = 'finished' and fetch_due_at > now()
            """,
            idempotent: true
        )
    }

    /// Has the lab jobs of a lab announced again whose message may never have been sent: those that were announced
    /// within `window` of a watcher that is gone. A second message for one that was sent does no harm.
    public func reannounce(backend: String, within window: Duration) async throws {
        try await client.execute(
            """
            update lab_job set fetch_due_at = now()
            where backend = \(backend) and state = 'finished' and fetch_due_at is null
                and announced_at > now() - make_interval(secs => \(window.seconds))
            """,
            idempotent: true
        )
    }
}

extension FleetStore {
    /// Whether a lab job was seen to have finished longer ago than `limit`.
    public func hasFinished(labJob id: Int, longerAgoThan limit: Duration) async throws -> Bool {
        let rows = try await client.query(
            """
            select from lab_job
            where id = \(id) and state <> 'submitted' and checked_at < now() - make_interval(secs => \(limit.seconds))
            """,
            idempotent: true
        )
        return !rows.isEmpty
    }

    /// How many results of a lab job are stored, of one whose last page never came.
    public func storedResults(ofLabJob id: Int) async throws -> Int {
        let rows = try await client.query(
            "select count(*) from result where lab_job_id = \(id)",
            idempotent: true
        )
        return try rows.first?.decode(Int.self) ?? 0
    }
}
