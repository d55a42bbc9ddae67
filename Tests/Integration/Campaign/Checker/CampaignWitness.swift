// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres

/// Watches a fleet's tables by triggers of its own, in a schema of its own, and reads all rows by SQL of its own.
///
/// The rows themselves can't tell how often a job stepped into its end, nor what was outstanding when a jobset finished.
struct CampaignWitness: Sendable {
    /// The fleet's schema.
    let schema: String
    let postgres: PostgresClient

    private var own: String { "\(schema)_witness" }

    /// Begins to watch.
    func install() async throws {
        let script = """
            create schema \(own);
            create table \(own).job_step (job bigint not null, generation integer not null, has_failed boolean not null);
            create table \(own).jobset_step (
                jobset uuid not null, generation integer not null, unfinished bigint not null
            );
            create function \(own).note_job() returns trigger language plpgsql as $$
            begin
                insert into \(own).job_step values (
                    new.id, new.generation,
                    new.outcome <> 'canceled' and (new.outcome <> 'complete' or new.tests_fail > 0)
                );
                return null;
            end $$;
            create function \(own).note_jobset() returns trigger language plpgsql as $$
            begin
                insert into \(own).jobset_step
                    select new.id, new.generation, count(*) filter (where state <> 'finished')
                    from \(schema).job where jobset_id = new.id;
                return null;
            end $$;
            create trigger witness after update of state on \(schema).job for each row
                when (old.state <> 'finished' and new.state = 'finished') execute function \(own).note_job();
            create trigger witness after update of state on \(schema).jobset for each row
                when (old.state <> 'finished' and new.state = 'finished') execute function \(own).note_jobset();
            """
        try await postgres.withTransaction { try $0.executeScript(script) }
    }

    /// Ends it.
    func remove() async throws {
        try await postgres.execute("drop schema if exists \(unsafeSQL: own) cascade")
    }

    /// The jobsets of `ids` that are in the database.
    func known(_ ids: [UUID]) async throws -> Set<UUID> {
        let rows = try await postgres.query("select id from jobset where id = any(\(ids))", idempotent: true)
        return Set(try rows.map { try $0.decode(UUID.self) })
    }

    /// The additions of `ids` that are in the database.
    func knownAdditions(_ ids: [UUID]) async throws -> Set<UUID> {
        let rows = try await postgres.query("select id from jobset_addition where id = any(\(ids))", idempotent: true)
        return Set(try rows.map { try $0.decode(UUID.self) })
    }

    /// Whether a jobset has finished in a generation.
    func hasFinished(_ id: UUID, generation: Int) async throws -> Bool {
        let rows = try await postgres.query(
            "select generation::bigint, state = 'finished' from jobset where id = \(id)",
            idempotent: true
        )
        guard let (present, isFinished) = try rows.first?.decode(Int.self, Bool.self) else { return false }
        return present > generation || present == generation && isFinished
    }

    /// How many jobsets there are, how many have not finished, how many deliveries are due, and how many attempts and
    /// surplus lab jobs have something to come in their labs.
    func progress() async throws -> (jobsets: Int, running: Int, due: Int, doubtful: Int) {
        let rows = try await postgres.query(
            """
            select count(*), count(*) filter (where state <> 'finished'),
                (select count(*) from delivery where state = 'due'),
                (select count(*) from attempt where look_due_at is not null)
                    + (select count(*) from surplus_lab_job where cancel_due_at is not null)
            from jobset
            """,
            idempotent: true
        )
        return try rows.first?.decode(Int.self, Int.self, Int.self, Int.self) ?? (0, 0, 0, 0)
    }

    /// All rows, read in one transaction.
    func rows() async throws -> CampaignRows {
        let texts = try await postgres.withTransaction(isolation: .repeatableRead, readOnly: true) { sql in
            try Self.queries(own).map { query in
                try sql.query("select coalesce(json_agg(t), '[]')::text from (\(unsafeSQL: query)) as t")
                    .first?.decode(String.self) ?? "[]"
            }
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        func read<Row: Decodable>(_ place: Int, _ type: Row.Type = Row.self) throws -> [Row] {
            try decoder.decode([Row].self, from: Data(texts[place].utf8))
        }
        var rows = CampaignRows()
        rows.jobsets = try read(0)
        rows.jobs = try read(1)
        rows.attempts = try read(2)
        rows.labJobs = try read(3)
        rows.deliveries = try read(4)
        rows.jobsetEnds = try read(5)
        rows.additions = try read(6)
        rows.jobSteps = try read(7)
        rows.jobsetSteps = try read(8)
        rows.surplus = try read(10)
        rows.refused = Set(try read(9, Refused.self).map { $0.messageId.lowercased() })
        return rows
    }

    private struct Refused: Decodable {
        let messageId: String
    }

    private static func queries(_ own: String) -> [String] {
        [
            """
            select id, state, sealed, generation, total, pending, failures, verdict, canceled_at is not null as canceled,
                deadline_passed_at is not null as deadline_passed, callback is not null as has_callback,
                callback -> 'events' as events, retries
            from jobset
            """,
            """
            select id, jobset_id as jobset, position, backend, state, outcome, generation, tests_pass, tests_fail,
                tests_skip
            from job
            """,
            """
            select id, job_id as job, number, generation, backend, submitted_at is not null as is_submitted
            from attempt
            """,
            "select attempt_id as attempt, number from lab_job",
            "select id, jobset_id as jobset, generation, event, kind, state from delivery",
            """
            select jobset_id as jobset, generation, canceled_at is not null as canceled,
                deadline_passed_at is not null as deadline_passed
            from jobset_end
            """,
            "select jobset_id as jobset, id, first_position, jobs from jobset_addition",
            "select job, generation, has_failed from \(own).job_step",
            "select jobset, generation, unfinished from \(own).jobset_step",
            "select message_id from rejected_document where message_id is not null",
            """
            select attempt_id as attempt, number, extract(epoch from found_at)::float8 as found_at
            from surplus_lab_job
            """,
        ]
    }
}
