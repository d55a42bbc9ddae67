// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// The latest tries of a delivery, oldest first; `nil` when there is no such delivery.
    package func tries(of delivery: UUID, latest: Int = 100) async throws -> [DeliveryTry]? {
        let rows = try await query(
            """
            select number, started_at, milliseconds, status, error, response from delivery_try
            where delivery_id = \(delivery) order by number desc limit \(latest)
            """
        )
        if rows.isEmpty {
            let known = try await query("select 1 from delivery where id = \(delivery)")
            if known.isEmpty { return nil }
        }
        return try rows.decode(DeliveryTry.self).reversed()
    }

    /// Removes tries that are older than `age`, of deliveries that are over.
    ///
    /// - Returns: how many, at most `limit`.
    package func removeTries(olderThan age: Duration, limit: Int) async throws -> Int {
        let rows = try await query(
            """
            with old as (
                select delivery_id, number from delivery_try join delivery on delivery.id = delivery_id
                where started_at < now() - \(age) and delivery.state <> 'due'
                order by started_at limit \(limit)
            ), removed as (
                delete from delivery_try using old
                where delivery_try.delivery_id = old.delivery_id and delivery_try.number = old.number returning 1
            )
            select count(*) from removed
            """,
            idempotent: false
        )
        return try rows.first?.decode(Int.self) ?? 0
    }
}
