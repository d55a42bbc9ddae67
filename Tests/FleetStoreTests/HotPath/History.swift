// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Postgres

/// What a fleet has done long ago.
enum History {
    private static let jobsOfJobset = 200

    /// Writes `jobs` finished jobs in jobsets of 200, and has the server look at them: its statistics are those of a
    /// fleet at rest, and stay so.
    static func write(jobs: Int, into client: PostgresClient) async throws {
        // What autovacuum touches counts as touched (`pg_statio_user_tables`). Small tables that change all the time need it.
        for table in tables + ["job_definition", "result", "report", "report_form", "job_end"] {
            try await client.execute("alter table \(identifier: table) set (autovacuum_enabled = false)")
        }
        try await client.withTransaction { sql in
            try sql.setStatementTimeout(.seconds(600))
            // References are looked at all at once and not one by one.
            let references = try sql.query(
                """
                select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) from pg_constraint
                where contype = 'f' and conrelid = any(\(tables)::text[]::regclass[])
                """
            ).map { try $0.decode(String.self, String.self, String.self) }
            for (table, name, _) in references {
                try sql.execute("alter table \(identifier: table) drop constraint \(identifier: name)")
            }
            try sql.executeScript(script(jobs: jobs))
            for (table, name, definition) in references {
                try sql.executeScript("alter table \(table) add constraint \"\(name)\" \(definition)")
            }
        }
        for table in tables { try await client.execute("vacuum analyze \(identifier: table)") }
    }

    private static let tables = ["jobset", "job", "attempt", "lab_job", "delivery", "jobset_environment"]

    private static func script(jobs: Int) -> String {
        """
        insert into jobset (id, build_group, build_project, build_version, digest, state, total, pending, verdict,
            created_at, finished_at, added_at)
        select md5('jobset ' || n)::uuid, 'group', 'project-' || n % 50, 'v' || n, '\\x00', 'finished', \(jobsOfJobset),
            0, 'passed', at, at + interval '1 hour', at
        from generate_series(0, \(jobs / jobsOfJobset - 1)) as n,
            lateral (select now() - interval '1 year' + n * interval '1 minute') as time (at);

        insert into job (jobset_id, position, environment, backend, state, outcome, resume_at, announced_at,
            tests_pass, created_at, waiting_since, finished_at)
        select md5('jobset ' || n / \(jobsOfJobset))::uuid, n % \(jobsOfJobset), 'env-' || n % 20,
            case n % 2 when 0 then 'lab-a' else 'lab-b' end, 'finished', 'complete', null, at, 10, at, at,
            at + interval '1 hour'
        from generate_series(0, \(jobs - 1)) as n,
            lateral (select now() - interval '1 year' + n / \(jobsOfJobset) * interval '1 minute') as time (at);

        insert into jobset_environment (jobset_id, environment, backend)
        select distinct jobset_id, environment, backend from job;

        insert into attempt (id, job_id, number, backend, state, created_at, submitted_at, ended_at, outcome)
        select md5('attempt ' || id)::uuid, id, 1, backend, 'ended', created_at, created_at, finished_at, 'complete'
        from job;

        insert into lab_job (attempt_id, backend, number, state, lab_state, health, created_at, checked_at,
            announced_at, fetched_at)
        select id, backend, job_id, 'fetched', 'Finished', 'Complete', created_at, ended_at, ended_at, ended_at
        from attempt;

        insert into delivery (jobset_id, generation, event, kind, receiver, state, due_at, created_at, ended_at, tries)
        select id, 1, 'finished', 'report', 'archive', 'delivered', finished_at, finished_at, finished_at, 1 from jobset;
        """
    }
}
