// SPDX-License-Identifier: Apache-2.0

import Fleet
import Postgres

/// When a lab that fails is left alone, and for how long.
///
/// While its circuit is open nothing is submitted to a lab. Then one job may try: if the lab takes it, or refuses it
/// as a lab in good health does, the circuit closes and everybody goes on; if not, it stays open for another while.
package struct CircuitTerms: Sendable {
    /// How many submissions in a row fail before the circuit opens.
    package let failures: Int
    /// For how long it is open at first.
    package let first: Duration
    /// For how long at most, unless the lab itself asked for more.
    package let maximum: Duration

    package init(failures: Int, first: Duration, maximum: Duration) {
        self.failures = failures
        self.first = first
        self.maximum = maximum
    }
}

extension FleetStore {
    /// Notes that a lab has failed a submission, and opens its circuit when that was one too many.
    ///
    /// - Parameter wanted: For how long the lab wants to be left alone, where it said so; then it is, at once.
    package func noteFailure(
        backend: String,
        error: String,
        terms: CircuitTerms,
        wanted: Duration? = nil
    ) async throws {
        let error = error.storable
        try await execute(
            """
            update backend set
                failures = greatest(failures + 1, case when \(wanted) is null then 0
                    else \(terms.failures) end),
                last_error = \(error), last_error_at = now(),
                rest_until = greatest(rest_until, now() + \(wanted)),
                probe_at = case
                    when \(wanted) is not null
                        then greatest(rest_until, now() + \(wanted))
                    -- In place of the time that the job which tried it had. With a part left to chance, so that the
                    -- submitters of several labs don't go in step.
                    when failures + 1 >= \(terms.failures) then greatest(rest_until, now()
                        + least(\(terms.maximum), \(terms.first) * power(2, least(failures + 1 - \(terms.failures), 20)))
                            * (0.8 + 0.2 * random()))
                    else probe_at
                end
            where name = \(backend)
            """,
            idempotent: false
        )
    }

    /// Notes that a lab works. If its circuit was open, whatever was put off for its sake is due.
    ///
    /// - Parameter serverErrorTries: How many failures of the lab's own end a job. What it failed on while it failed on
    ///   everything has one more try for certain.
    package func closeCircuit(backend: String, serverErrorTries: Int) async throws {
        let rows = try await query(
            """
            update backend set failures = 0, probe_at = null, rest_until = null
            from (select name, probe_at from backend where name = \(backend) for no key update) as before
            where backend.name = before.name and (failures > 0 or backend.probe_at is not null)
            returning before.probe_at is not null
            """,
            idempotent: false
        )
        guard let row = rows.first, try row.decode(Bool.self) else { return }
        try await execute(
            """
            update attempt set server_errors = \(max(0, serverErrorTries - 1))
            where backend = \(backend) and state = 'submitting' and server_errors >= \(serverErrorTries)
            """
        )
        try await resumeBegun(backend: backend)
    }

    /// Whether a lab's circuit waits for a job to try it, and there is none.
    package func isTriedByNone(backend: String) async throws -> Bool {
        let rows = try await query(
            """
            select from backend where name = \(backend) and probe_at <= now()
                and not exists (select from job where job.backend = backend.name and state = 'waiting')
            """
        )
        return !rows.isEmpty
    }

    /// Has a lab whose circuit is open tried at once, for there are signs that it is back; not before the time until
    /// which it asked to be left alone.
    package func probeNow(backend: String) async throws {
        try await returnProbe(backend: backend)
        try await resumeBegun(backend: backend)
    }

    /// Gives the turn to try a lab back, unused.
    package func returnProbe(backend: String) async throws {
        try await execute(
            """
            update backend set probe_at = greatest(now(), rest_until)
            where name = \(backend) and probe_at > greatest(now(), rest_until)
            """
        )
    }

    /// Submissions that were begun and put off are few, at most as many as a lab may have at once.
    private func resumeBegun(backend: String) async throws {
        try await execute(
            """
            update job set resume_at = now() where id in (
                select id from job where id in (
                    select job_id from attempt where backend = \(backend) and state = 'submitting'
                ) and state = 'waiting' and resume_at > now() order by id for no key update
            )
            """
        )
    }
}
