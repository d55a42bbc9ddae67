// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
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

/// Something that has happened to a jobset or to a job, and is to be published.
package struct UnpublishedEvent: Sendable, Decodable {
    /// Its row.
    package let id: Int
    /// The same over every publication.
    package let eventID: UUID
    package let type: FleetEventType
    package let jobsetID: UUID
    /// Which of the jobset's lives.
    package let generation: Int
    package let happenedAt: Date
    /// What it has to tell, as it was when it happened.
    package let data: Facts
    private let buildGroup: String?
    private let buildProject: String?
    private let buildVersion: String?
    package let labels: [String: String]?
    /// The job's place in the document; `nil` where it happened to the jobset.
    package let position: Int?
    package let environment: String?
    package let name: String?
    package let backend: String?

    /// What the jobset tests; `nil` when the jobset is not there any more.
    package var build: Build? {
        guard let buildGroup, let buildProject, let buildVersion else { return nil }
        return Build(group: buildGroup, project: buildProject, version: buildVersion)
    }

    /// What may have changed since it happened. Of a jobset or of a job; what does not apply is `nil`.
    package struct Facts: Sendable, Equatable, Codable {
        package let total: Int?
        package let pending: Int?
        package let failures: Int?
        package let missing: Int?
        package let isSealed: Bool?
        package let sealedReason: String?
        package let verdict: Verdict?
        package let canceledReason: String?
        package let attempt: Int?
        package let outcome: JobOutcome?
        package let reason: String?
        package let tests: TestCounts?
        /// The lab's number of it.
        package let labJob: Int?
        package let device: String?

        enum CodingKeys: String, CodingKey {
            case total, pending, failures, missing, verdict, attempt, outcome, reason, tests, device
            case isSealed = "is_sealed"
            case sealedReason = "sealed_reason"
            case canceledReason = "canceled_reason"
            case labJob = "lab_job"
        }
    }
}

/// What one process of the fleet at a time does.
package enum LeaseName: String, Sendable {
    /// Publishing events.
    case events
}

/// A process that dies keeps its lease until its end; then another takes it. Two that believe to hold one, after a process
/// stood still, must do no harm.
extension FleetStore {
    /// Takes or keeps a lease for `duration` from now on.
    ///
    /// - Returns: whether it is ours.
    package func holdLease(_ name: LeaseName, holder: UUID, for duration: Duration) async throws -> Bool {
        try await !query(
            """
            insert into lease (name, holder, expires_at) values (\(name.rawValue), \(holder), now() + \(duration))
            on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
                where lease.holder = excluded.holder or lease.expires_at < now()
            returning name
            """
        ).isEmpty
    }

    /// Gives a lease back, so that another need not wait for its end.
    package func releaseLease(_ name: LeaseName, holder: UUID) async throws {
        try await execute("delete from lease where name = \(name.rawValue) and holder = \(holder)")
    }
}
