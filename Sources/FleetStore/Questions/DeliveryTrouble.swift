// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A delivery that is given up, or that has failed and is tried again.
package struct DeliveryTrouble: Sendable, Equatable, Decodable {
    /// The jobset that it tells of.
    package let jobset: JobsetSummary
    package let id: UUID
    /// What it tells, such as `finished`.
    package let event: String
    /// What is delivered: `report`, `callback` …
    package let kind: String
    package let receiver: String
    /// `due` or `failed`.
    package let state: String
    /// How often it was tried.
    package let tries: Int
    /// When it is tried next, while it is due.
    package let dueAt: Date
    /// What the last try failed with.
    package let lastError: String?
    /// When it was made.
    package let createdAt: Date
}

/// A try of a delivery, as a page tells it.
package struct DeliveryTryStatus: Sendable, Equatable, Decodable {
    package let delivery: UUID
    /// Counts from 1.
    package let number: Int
    package let startedAt: Date
    /// How long it took.
    package let milliseconds: Int
    /// The receiver's HTTP status.
    package let status: Int?
    package let error: String?

    /// A try as given.
    package init(delivery: UUID, number: Int, startedAt: Date, milliseconds: Int, status: Int?, error: String?) {
        self.delivery = delivery
        self.number = number
        self.startedAt = startedAt
        self.milliseconds = milliseconds
        self.status = status
        self.error = error
    }
}

extension FleetStore {
    /// Deliveries that were given up within the last week and those that have failed so far, latest first, of these
    /// projects.
    package func deliveryTroubles(scopes: [ProjectScope], limit: Int) async throws -> [DeliveryTrouble] {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            select trouble.id, event, kind, receiver, trouble.state, tries, due_at, last_error, trouble.created_at,
                found.*
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

    /// The latest tries of each delivery of a jobset.
    package func deliveryTries(of jobset: UUID, latest: Int, limit: Int) async throws -> [DeliveryTryStatus] {
        try await query(
            """
            select delivery.id as delivery, try.number, try.started_at, try.milliseconds, try.status,
                try.error
            from delivery, lateral (
                select * from delivery_try where delivery_id = delivery.id order by number desc limit \(latest)
            ) as try
            where jobset_id = \(jobset) order by delivery.created_at, try.number limit \(limit)
            """
        ).decode(DeliveryTryStatus.self)
    }

    /// The jobset that a delivery tells of.
    package func jobset(ofDelivery id: UUID) async throws -> UUID? {
        try await query("select jobset_id from delivery where id = \(id)")
            .first?.decode(UUID.self)
    }
}
