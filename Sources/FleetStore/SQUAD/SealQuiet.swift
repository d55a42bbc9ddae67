// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

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
