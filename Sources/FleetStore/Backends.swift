// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Postgres

/// A lab as Muster sees it now.
public struct BackendStatus: Sendable, Codable {
    /// Its name in the configuration.
    public let name: String
    /// Why nothing is submitted there; `nil` while all is well.
    public let stoppedReason: String?
    /// Since when nothing is.
    public let stoppedAt: Date?
    /// When it last answered.
    public let lastContactAt: Date?
    /// What it last failed with.
    public let lastError: String?
    /// When it last failed.
    public let lastErrorAt: Date?
    /// Jobs that are not in the lab yet.
    public let waiting: Int
    /// Jobs that the lab has.
    public let inLab: Int
}

extension FleetStore {
    /// Makes sure that every configured lab has its row.
    public func registerBackends(_ names: some Collection<String> & Sendable) async throws {
        try await client.execute(
            "insert into backend (name) select unnest(\(names.sorted())) on conflict do nothing",
            idempotent: true
        )
    }

    /// Stops submissions to a lab that refuses us; its jobs wait.
    public func stopBackend(_ name: String, reason: String) async throws {
        try await client.execute(
            """
            update backend set stopped_reason = \(reason), stopped_at = coalesce(stopped_at, now()),
                last_error = \(reason), last_error_at = now()
            where name = \(name)
            """,
            idempotent: true
        )
    }

    /// Submits to a lab again.
    public func resumeBackend(_ name: String) async throws {
        try await client.execute(
            "update backend set stopped_reason = null, stopped_at = null where name = \(name)",
            idempotent: true
        )
    }

    /// Notes that a lab answered, or with what it failed.
    public func recordContact(backend: String, error: String?) async throws {
        try await client.execute(
            """
            update backend set
                last_contact_at = case when \(error)::text is null then now() else last_contact_at end,
                last_error = coalesce(\(error), last_error),
                last_error_at = case when \(error)::text is null then last_error_at else now() end
            where name = \(backend)
            """,
            idempotent: true
        )
    }

    /// Every lab that Muster ever had a job for, with what it has of ours.
    public func backendStatuses() async throws -> [BackendStatus] {
        let rows = try await client.query(
            """
            select name, stopped_reason, stopped_at, last_contact_at, last_error, last_error_at,
                (select count(*) from job where backend = backend.name and state = 'waiting'),
                (select count(*) from attempt where backend = backend.name and state = 'submitted')
            from backend order by name
            """,
            idempotent: true
        )
        return try rows.map { row in
            let (name, reason, stopped, contact, error, errorAt, waiting, inLab) = try row.decode(
                String.self,
                String?.self,
                Date?.self,
                Date?.self,
                String?.self,
                Date?.self,
                Int.self,
                Int.self
            )
            return BackendStatus(
                name: name,
                stoppedReason: reason,
                stoppedAt: stopped,
                lastContactAt: contact,
                lastError: error,
                lastErrorAt: errorAt,
                waiting: waiting,
                inLab: inLab
            )
        }
    }
}
