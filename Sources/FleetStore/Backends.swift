// SPDX-License-Identifier: Apache-2.0

import Fleet
import Postgres

extension FleetStore {
    /// Makes sure that every configured lab has its row.
    package func registerBackends(_ names: some Collection<String> & Sendable) async throws {
        try await execute(
            "insert into backend (name) select unnest(\(names.sorted())) on conflict do nothing"
        )
    }

    /// Stops submissions to a lab that refuses us; its jobs wait.
    package func stopBackend(_ name: String, reason: String) async throws {
        let reason = reason.storable
        try await execute(
            """
            update backend set stopped_reason = \(reason), stopped_at = coalesce(stopped_at, now()),
                last_error = \(reason), last_error_at = now()
            where name = \(name)
            """
        )
    }

    /// Submits to a lab again.
    package func resumeBackend(_ name: String) async throws {
        try await execute(
            "update backend set stopped_reason = null, stopped_at = null where name = \(name)"
        )
    }

    /// Notes that a lab answered, or with what it failed.
    package func recordContact(backend: String, error: String?) async throws {
        let error = error.map(\.storable)
        try await execute(
            """
            update backend set
                last_contact_at = case when \(error) is null then now() else last_contact_at end,
                last_error = coalesce(\(error), last_error),
                last_error_at = case when \(error) is null then last_error_at else now() end
            where name = \(backend)
            """
        )
    }

    /// Stops submissions to a lab because a person wants it so; its jobs wait, and what it has goes on. A lab that is
    /// paused already gets the new reason and keeps its time.
    ///
    /// - Throws: ``FleetRefusal`` when there is no lab of this name.
    package func pauseBackend(_ name: String, reason: String) async throws {
        let rows = try await query(
            """
            update backend set paused_reason = \(reason), paused_at = coalesce(paused_at, now())
            where name = \(name) returning name
            """
        )
        if rows.isEmpty { throw try await unknownBackend(name) }
    }

    /// Whether nothing is submitted to a lab because it refused our token.
    package func isStopped(backend: String) async throws -> Bool {
        try await !query("select from backend where name = \(backend) and stopped_reason is not null").isEmpty
    }

    /// Lifts a pause and whatever else keeps jobs from a lab: a refused token is tried again, and so is a lab whose
    /// circuit is open, both at once. Jobs that are parked for the lab are due again.
    ///
    /// - Throws: ``FleetRefusal`` when there is no lab of this name.
    package func unpauseBackend(_ name: String) async throws {
        let rows = try await query(
            """
            with freed as (
                update backend set paused_reason = null, paused_at = null, stopped_reason = null, stopped_at = null,
                    failures = 0,
                    -- a closed circuit stays closed; an open one lets the next job try
                    probe_at = case when probe_at is null then null else now() end
                where name = \(name) returning name
            ), parked as (
                -- A doubt settles in its own time. What is left out, or locked just now, comes when it is due.
                select job.id from job join freed on freed.name = job.backend
                where job.state = 'waiting' and job.resume_at > now()
                    and not exists (
                        select from attempt where job_id = job.id and attempt.state = 'submitting'
                            and doubtful_since is not null
                    )
                order by job.resume_at, job.id limit 10000 for no key update of job skip locked
            ), due as (
                update job set resume_at = now() where id in (select id from parked)
            )
            select name from freed
            """
        )
        if rows.isEmpty { throw try await unknownBackend(name) }
    }

    private func unknownBackend(_ name: String) async throws -> FleetRefusal {
        let rows = try await query("select name from backend order by name")
        return .noSuchBackend(name: name, known: try rows.decode(String.self))
    }
}
