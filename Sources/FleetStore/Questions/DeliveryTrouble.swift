// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A delivery that is given up, or that has failed and is tried again.
package struct DeliveryTrouble: Sendable, Equatable, Decodable {
    /// The jobset that it tells of.
    package let jobset: JobsetSummary
    package let delivery: Delivery
    /// When it was made.
    package let createdAt: Date
}

extension FleetStore {
    /// Deliveries that were given up within the last week and those that have failed so far, latest first, of these
    /// projects.
    package func deliveryTroubles(scopes: [ProjectScope], limit: Int) async throws -> [DeliveryTrouble] {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            select \(unsafeSQL: Self.troubleColumns), found.*
            from (
                (select * from delivery where state = 'failed' and ended_at > now() - interval '7 days'
                    order by ended_at desc limit 1000)
                union all (select * from delivery where state = 'due' and tries > 0 order by due_at limit 1000)
            ) as trouble, lateral (
                select \(unsafeSQL: Self.jobsetSummaryColumns) from jobset where id = trouble.jobset_id
            ) as found
            where \(scopes.isAll) or found.jobset_group = any(\(scopes.groups))
                or found.jobset_group || '/' || found.jobset_project = any(\(scopes.projects))
            order by trouble.created_at desc limit \(limit)
            """
        ).decode(DeliveryTrouble.self)
    }

    /// Deliveries to a project's webhooks of the last week that were given up, or were tried in vain so far, the latest
    /// first.
    package func webhookTroubles(of group: String, _ project: String, limit: Int) async throws -> [DeliveryTrouble] {
        try await query(
            """
            select \(unsafeSQL: Self.troubleColumns), found.*
            from delivery as trouble, lateral (
                select \(unsafeSQL: Self.jobsetSummaryColumns) from jobset where id = trouble.jobset_id
            ) as found
            where webhook_project = \(Self.key(group, project)) and webhook <> ''
                and trouble.created_at > now() - interval '7 days'
                and (trouble.state = 'failed' or trouble.state = 'due' and tries > 0)
            order by trouble.created_at desc limit \(limit)
            """
        ).decode(DeliveryTrouble.self)
    }

    private static let troubleColumns = """
        trouble.id as delivery_id, event as delivery_event, kind as delivery_kind,
            nullif(webhook, '') as delivery_webhook, receiver as delivery_receiver, trouble.state as delivery_state,
            tries as delivery_tries, case when trouble.state = 'due' then due_at end as delivery_due_at,
            last_status as delivery_last_status, last_error as delivery_last_error,
            null::timestamptz as delivery_receiver_failing_since, trouble.created_at
        """

    /// The latest tries of each delivery of a jobset, by delivery and oldest first; without what receivers answered.
    package func deliveryTries(of jobset: UUID, latest: Int, limit: Int) async throws -> [UUID: [DeliveryTry]] {
        let rows = try await query(
            """
            select delivery.id as delivery, try.number, try.started_at, try.milliseconds, try.status,
                try.error, null::text as response
            from delivery, lateral (
                select * from delivery_try where delivery_id = delivery.id order by number desc limit \(latest)
            ) as try
            where jobset_id = \(jobset) order by delivery.created_at, try.number limit \(limit)
            """
        )
        let deliveries: [UUID] = try rows.map { try $0.decode("delivery") }
        return Dictionary(grouping: zip(deliveries, try rows.decode(DeliveryTry.self)), by: \.0)
            .mapValues { $0.map(\.1) }
    }

    /// The jobset that a delivery tells of.
    package func jobset(ofDelivery id: UUID) async throws -> UUID? {
        try await query("select jobset_id from delivery where id = \(id)")
            .first?.decode(UUID.self)
    }

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
