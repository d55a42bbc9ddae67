// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// A delivery as it stands.
package struct DeliveryStatus: Sendable, Codable, Equatable {
    /// The `webhook-id` of all its tries.
    package let id: UUID
    /// What it tells, such as `finished`.
    package let event: String
    /// What is delivered: `report`, `callback` …; in words, for a later version may know more of them.
    package let kind: String
    package let receiver: String
    /// `due`, `delivered` or `failed`.
    package let state: String
    /// How often it was tried.
    package let tries: Int
    /// When it is tried next, while it is due.
    package let dueAt: Date
    /// The HTTP status of the last try.
    package let lastStatus: Int?
    /// What the last try failed with.
    package let lastError: String?
    /// Since when its receiver has taken nothing at all; `nil` unless that was long enough to be marked.
    package let receiverFailingSince: Date?
}

extension FleetStore {
    /// The deliveries of a jobset, oldest first.
    package func deliveries(of jobset: UUID) async throws -> [DeliveryStatus] {
        let rows = try await query(
            """
            select id, event, kind, delivery.receiver, state, tries, due_at, last_status,
                delivery.last_error, case when marked_at is not null then since end as receiver_failing_since
            from delivery left join failing_receiver failing
                on kind = 'callback' and failing.receiver = lower(substring(delivery.receiver from '^[^:]+://[^/?#]+'))
            where jobset_id = \(jobset) order by generation, created_at, kind desc
            """
        )
        return try rows.decode(DeliveryStatus.self)
    }
}
