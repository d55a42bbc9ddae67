// SPDX-License-Identifier: Apache-2.0

import Fleet
import Postgres

/// How many events wait to be published, and since when.
package struct EventBacklog: Sendable, Equatable, Decodable {
    package let count: Int
    /// The age of the oldest; 0 if there is none.
    package let oldestSeconds: Double

    /// A backlog as given.
    package init(count: Int, oldestSeconds: Double) {
        self.count = count
        self.oldestSeconds = oldestSeconds
    }
}

/// What happens to jobsets and jobs, for others to read: decision 52.
///
/// Triggers note it (`Migration0030Events`) in the transaction in which it happens. Whoever holds the lease publishes the
/// notes and deletes them. Of one jobset, what depends on something else has the higher number: it was written when the
/// other was there for all to see.
extension FleetStore {
    /// The setting of a session in which events are noted.
    package static let eventSetting = (name: "muster.events", value: "on")

    /// The oldest events that are not published, in their order.
    package func unpublishedEvents(limit: Int) async throws -> [UnpublishedEvent] {
        try await query(
            """
            select event.id, event.event_id, event.type, event.jobset_id, event.generation, event.happened_at, event.data,
                jobset.build_group, jobset.build_project, jobset.build_version, jobset.labels,
                job.position, job.environment, job.name, job.backend
            from (
                -- what a later version notes is left to it
                select * from event where type = any(\(FleetEventType.allCases.map(\.rawValue))) order by id limit \(limit)
            ) as event
                left join jobset on jobset.id = event.jobset_id left join job on job.id = event.job_id
            order by event.id
            """
        ).decode(UnpublishedEvent.self)
    }

    /// Forgets events that are published.
    package func removeEvents(_ ids: [Int]) async throws {
        guard !ids.isEmpty else { return }
        try await execute("delete from event where id = any(\(ids))")
    }

    /// How many events are dropped at once.
    private static let droppedAtOnce = 10_000

    /// Forgets the oldest events beyond `maximum`, unpublished.
    ///
    /// - Returns: how many.
    package func dropEvents(beyond maximum: Int) async throws -> Int {
        let rows = try await query("select id from event order by id desc offset \(maximum) limit 1")
        guard let last = try rows.first?.decode(Int.self) else { return 0 }
        var dropped = 0
        while true {
            let count = try await execute(
                """
                delete from event where id in (
                    select id from event where id <= \(last) order by id limit \(Self.droppedAtOnce)
                )
                """,
                idempotent: false
            )
            dropped += count
            guard count == Self.droppedAtOnce else { return dropped }
        }
    }

    /// How many events wait to be published.
    package func eventBacklog() async throws -> EventBacklog {
        try await query(
            """
            select count(*), coalesce(extract(epoch from now() - min(happened_at)), 0)::double precision
                as oldest_seconds from event
            """
        ).one().decode(EventBacklog.self)
    }
}
