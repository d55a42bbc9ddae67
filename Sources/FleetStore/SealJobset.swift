// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Says that nothing will be added to a jobset any more: from now on it finishes at zero.
    ///
    /// - Throws: ``FleetRefusal``.
    package func sealJobset(id: UUID) async throws -> Unannounced<Sealing> {
        try await transaction { sql in
            let rows = try sql.query(
                "select sealed, total, verdict from jobset where id = \(id) for no key update"
            )
            guard let row = rows.first else { throw FleetRefusal.noSuchJobset(id: id.text) }
            let (wasSealed, total, verdict) = try row.decode(Bool.self, Int.self, Verdict?.self)
            if let verdict { throw FleetRefusal.alreadyFinished(verdict: verdict) }
            let onTheWay = try sql.squadJobsOnTheWay(to: [id]).count
            guard wasSealed || onTheWay == 0 else { throw FleetRefusal.jobsOnTheWay(count: onTheWay) }
            try sql.execute("update jobset set sealed = true where id = \(id)")
            let finished = try sql.closeAfterSeal(id)
            let sealing = Sealing(wasSealed: wasSealed, total: total, isFinished: !finished.isEmpty)
            return Unannounced(sealing, finished: finished)
        }
    }

    /// Seals open jobsets to which nothing was added for `limit`: whoever was to do it has forgotten them, or is gone.
    ///
    /// - Returns: which; those of them that were at zero have finished.
    package func sealForgotten(after limit: Duration, batch: Int) async throws -> Unannounced<[UUID]> {
        try await transaction { sql in
            let rows = try sql.query(
                """
                select id from jobset
                where not sealed and state = 'running' and added_at < now() - \(limit)
                order by id limit \(batch) for no key update skip locked
                """
            )
            return try sql.seal(
                try rows.decode(UUID.self),
                reason: "left open: nothing was added for \(limit.components.seconds) s"
            )
        }
    }
}

extension PostgresTransaction {
    /// Seals jobsets whose rows are locked.
    func seal(_ ids: [UUID], reason: String) throws -> Unannounced<[UUID]> {
        guard !ids.isEmpty else { return Unannounced([], finished: []) }
        try execute("update jobset set sealed = true, sealed_reason = \(reason) where id = any(\(ids))")
        return Unannounced(ids, finished: try ids.flatMap { try closeAfterSeal($0) })
    }

    /// What the seal of a locked jobset leads to: its end if nothing is left, or its cancellation if too many failed.
    func closeAfterSeal(_ id: UUID) throws -> [FinishedJobset] {
        let finished = try finishJobsets([id])
        return finished.isEmpty ? try cancelBeyondFailures([id]) : finished
    }
}

extension FleetStore {
    /// Seals open jobsets of SQUAD's builds in which nothing happens: all jobs have ended, and for `quiet` none has come
    /// in and none has ended. One that was declared to have more jobs waits for them.
    ///
    /// - Returns: which; of them those that have finished: all, unless something was added to one meanwhile.
    package func sealQuietSQUADBuilds(after quiet: Duration, batch: Int) async throws -> Unannounced<[UUID]> {
        try await transaction { sql in
            let rows = try sql.query(
                """
                select id from jobset
                where not sealed and state = 'running' and total > 0 and pending = 0 and declared_total is null
                    and added_at < now() - \(quiet)
                    and exists (select from squad_build where squad_build.jobset_id = jobset.id)
                    and not exists (
                        select from job
                        where job.jobset_id = jobset.id
                            and finished_at > now() - \(quiet)
                    )
                order by id limit \(batch) for no key update skip locked
                """
            )
            let quietOnes = try rows.decode(UUID.self)
            let awaiting = Set(try sql.squadJobsOnTheWay(to: quietOnes))
            let seconds = quiet.components.seconds
            return try sql.seal(
                quietOnes.filter { !awaiting.contains($0) },
                reason: "quiet: no job came in or ended for \(seconds) s"
            )
        }
    }
}
