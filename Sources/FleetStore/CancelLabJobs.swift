// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres

/// A lab job that its lab is to cancel.
package struct LabJobToCancel: Sendable, Hashable {
    /// What is known of it; its row is one of the surplus if ``isSurplus``.
    package let labJob: OutstandingLabJob
    /// LAVA's number of the first member of its multinode group, which is canceled as a whole; its own of any other.
    package let group: Int
    /// Whether it is one that its lab has too many.
    package let isSurplus: Bool
    /// How often the lab was told, this time included.
    package let tries: Int
}

/// A surplus lab job that its lab says has ended.
package struct EndedSurplus: Sendable, Equatable {
    /// Its row.
    package let id: Int
    /// LAVA's health.
    package let health: String

    package init(id: Int, health: String) {
        self.id = id
        self.health = health
    }
}

extension FleetStore {
    /// Takes lab jobs that are to be canceled in their lab. They come again after a pause that grows, until the lab
    /// says that they have ended or ``settleCancels(_:)`` is called.
    package func takeCancels(backend: String, limit: Int) async throws -> [LabJobToCancel] {
        try await execute(
            """
            update lab_job set cancel_due_at = null
            where backend = \(backend) and cancel_due_at is not null and state <> 'submitted'
            """
        )
        let own = try await takeCancels(of: .own, backend: backend, limit: limit)
        return own + (try await takeCancels(of: .surplus, backend: backend, limit: limit - own.count))
    }

    private func takeCancels(of table: CancelTable, backend: String, limit: Int) async throws -> [LabJobToCancel] {
        guard limit > 0 else { return [] }
        let rows = try await query(
            """
            update \(unsafeSQL: table.rawValue) set cancel_tries = cancel_tries + 1,
                cancel_due_at = now() + make_interval(secs =>
                    least(60, 2 * power(2, least(cancel_tries, 10))) * (0.8 + 0.2 * random()))
            where id in (
                select id from \(unsafeSQL: table.rawValue)
                where backend = \(backend) and cancel_due_at <= now() and \(unsafeSQL: table.mayCancel)
                order by cancel_due_at, id limit \(limit) for no key update skip locked
            )
            returning id, number, attempt_id, sub_id, \(unsafeSQL: table.isWatched), cancel_tries
            """,
            idempotent: false
        )
        return try rows.map { row in
            let (id, number, attempt, subID, isWatched, tries) = try row.decode(
                Int.self,
                Int.self,
                UUID.self,
                String?.self,
                Bool.self,
                Int.self
            )
            let labJob = OutstandingLabJob(
                id: id,
                number: number,
                attempt: attempt,
                isMember: subID != nil,
                isWatched: isWatched
            )
            let group = subID.flatMap { Int($0.prefix { $0 != "." }) } ?? number
            return LabJobToCancel(labJob: labJob, group: group, isSurplus: table == .surplus, tries: tries)
        }
    }

    /// Takes back that a lab was told: it could not be reached.
    package func returnCancels(_ labJobs: [LabJobToCancel]) async throws {
        for (table, ids) in CancelTable.rows(of: labJobs) {
            try await execute(
                """
                update \(unsafeSQL: table.rawValue) set cancel_tries = greatest(0, cancel_tries - 1)
                where id = any(\(ids))
                """,
                idempotent: false
            )
        }
    }

    /// Has lab jobs no longer canceled: the lab does not know them, or was told often enough.
    package func settleCancels(_ labJobs: [LabJobToCancel]) async throws {
        for (table, ids) in CancelTable.rows(of: labJobs) {
            try await execute(
                "update \(unsafeSQL: table.rawValue) set cancel_due_at = null where id = any(\(ids))"
            )
        }
    }

    /// Notes that surplus lab jobs have ended in their lab.
    package func endSurplus(_ ended: [EndedSurplus]) async throws {
        guard !ended.isEmpty else { return }
        let ended = ended.sorted { $0.id < $1.id }
        try await execute(
            """
            update surplus_lab_job set cancel_due_at = null, health = ended.health, ended_at = now()
            from unnest(\(ended.map(\.id)), \(ended.map(\.health))) as ended (id, health)
            where surplus_lab_job.id = ended.id and ended_at is null
            """
        )
    }
}

/// Where lab jobs stand that may have to be canceled.
private enum CancelTable: String, CaseIterable {
    case own = "lab_job"
    case surplus = "surplus_lab_job"

    /// Whether the lab may be told to cancel one.
    var mayCancel: String { self == .own ? "may_cancel" : "true" }
    /// Whether one was submitted by somebody else.
    var isWatched: String { self == .own ? "is_watched" : "false" }

    /// The rows of each table that has any.
    static func rows(of labJobs: [LabJobToCancel]) -> [(CancelTable, [Int])] {
        allCases.map { table in
            (table, labJobs.filter { $0.isSurplus == (table == .surplus) }.map(\.labJob.id).sorted())
        }.filter { !$0.1.isEmpty }
    }
}
