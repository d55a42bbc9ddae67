// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// The deliveries of a jobset, oldest first.
    package func deliveries(of jobset: UUID) async throws -> [Delivery] {
        try await query(
            """
            select id, event, kind, nullif(webhook, '') as webhook, delivery.receiver, state, tries, case when state = 'due' then due_at end as due_at,
                last_status, delivery.last_error,
                case when marked_at is not null then since end as receiver_failing_since
            from delivery left join failing_receiver failing
                on kind in ('callback', 'webhook') and failing.receiver = lower(substring(delivery.receiver from '^[^:]+://[^/?#]+'))
            where jobset_id = \(jobset) order by generation, created_at, kind desc
            """
        ).decode(Delivery.self)
    }
}
