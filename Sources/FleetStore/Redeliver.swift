// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// Which deliveries are sent again by hand.
package enum Redelivery: Sendable, Equatable {
    /// This one, whatever became of it.
    case delivery(UUID)
    /// Those of a jobset that were given up.
    case failed(ofJobset: UUID)
}

extension FleetStore {
    /// Begins another round of tries: at once, and by the whole schedule again. The id, the body and the tries before
    /// stay, so a receiver that keeps ids drops what it has.
    ///
    /// A delivery that is still due is tried at once, in the round that it is in.
    ///
    /// - Returns: the deliveries that are sent again.
    package func redeliver(_ redelivery: Redelivery) async throws -> [UUID] {
        let (delivery, jobset): (UUID?, UUID?) =
            switch redelivery {
            case .delivery(let id): (id, nil)
            case .failed(let jobset): (nil, jobset)
            }
        let rows = try await query(
            """
            update delivery set due_at = now(), ended_at = null, state = 'due',
                earlier_tries = case when state = 'due' then earlier_tries else tries end,
                claimed_until = case when state = 'due' then claimed_until end
            where id = \(delivery) or (jobset_id = \(jobset) and state = 'failed')
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(UUID.self)
    }
}
