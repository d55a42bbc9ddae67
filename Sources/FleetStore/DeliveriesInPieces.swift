// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

/// Deliveries into other systems. Into a SQUAD they take one request a job, and so as long as a jobset is large.
extension FleetStore {
    /// Has the results of a jobset's finished generation pushed to `receiver`. Asking again changes nothing.
    ///
    /// - Parameter receiver: The URL of the project's page in SQUAD, or that of a KCIDB.
    package func addPush(_ kind: DeliveryKind, of jobset: UUID, generation: Int, to receiver: String) async throws {
        try await execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver)
            values (\(jobset), \(generation), \(JobsetEvent.finished), \(kind), \(receiver))
            on conflict do nothing
            """
        )
    }

    /// Notes that the first `jobs` of a delivery's jobs have been taken, so that another try goes on behind them, and
    /// claims the delivery for `lease` from now on.
    package func keepPlace(jobs: Int, of delivery: UUID, lease: Duration) async throws {
        try await execute(
            """
            update delivery set jobs_delivered = greatest(jobs_delivered, \(jobs)),
                claimed_until = now() + \(lease)
            where id = \(delivery) and state = 'due'
            """
        )
    }
}
