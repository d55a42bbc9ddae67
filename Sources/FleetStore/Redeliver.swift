// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// Which deliveries are sent again by hand.
package enum Redelivery: Sendable, Equatable {
    /// This one, whatever became of it.
    case delivery(UUID)
    /// Those of a jobset that were given up, or those of them that have this text in their last error.
    case failed(ofJobset: UUID, reason: String? = nil)

    /// What a row of `delivery` must be like.
    var conditions: PostgresStatement {
        switch self {
        case .delivery(let id): "id = \(id)"
        case .failed(let jobset, let reason):
            "jobset_id = \(jobset) and \(fragment: Self.areFailed(reason: reason))"
        }
    }

    /// The same for rows of any jobset.
    static func areFailed(reason: String?) -> PostgresStatement {
        """
        state = 'failed' and (\(reason) is null or strpos(lower(last_error), lower(\(reason))) > 0)
        """
    }
}

extension FleetStore {
    /// Begins another round of tries: at once, and by the whole schedule again. The id, the body and the tries before
    /// stay, so a receiver that keeps ids drops what it has.
    ///
    /// A delivery that is still due is tried at once, in the round that it is in.
    ///
    /// - Returns: the deliveries that are sent again.
    package func redeliver(_ redelivery: Redelivery) async throws -> [UUID] {
        let rows = try await query(
            """
            update delivery set due_at = now(), ended_at = null, state = 'due',
                earlier_tries = case when state = 'due' then earlier_tries else tries end,
                claimed_until = case when state = 'due' then claimed_until end
            where \(fragment: redelivery.conditions)
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(UUID.self)
    }
}
