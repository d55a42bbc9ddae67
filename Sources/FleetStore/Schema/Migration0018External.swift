// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Labs whose jobs somebody else runs, and reports.
    static let external = Migration(
        version: 18,
        name: "external labs",
        sql: """
            -- what such a lab has: a row for each attempt, as a LAVA server would have a job
            create table external_job (
                -- what the lab calls it
                number bigint generated always as identity primary key,
                job_id bigint not null references job on delete cascade,
                -- attempt.number
                attempt integer not null check (attempt > 0),
                backend text not null references backend,
                -- null: its result was reported before its turn came
                attempt_id uuid unique references attempt on delete cascade,
                submitted_at timestamptz,
                outcome text check (outcome in ('complete', 'incomplete', 'canceled')),
                is_infrastructure boolean not null default false,
                reason text,
                url text,
                -- what the service that ran it calls the run
                run text,
                -- SHA-256 of what was reported; null when the fleet has canceled it
                digest bytea,
                reported_by text,
                -- since when the watcher can see that it has ended
                ended_at timestamptz,
                unique (job_id, attempt),
                check (outcome is not null or (digest is null and ended_at is null))
            );
            create index external_job_ended on external_job (backend, ended_at, number) where ended_at is not null;

            -- reported test cases until they are stored as results
            create table external_test (
                number bigint not null references external_job on delete cascade,
                position integer not null,
                suite text not null,
                suite_number bigint not null,
                name text not null,
                status text not null check (status in ('pass', 'fail', 'skip', 'unknown')),
                measurement numeric,
                units text,
                primary key (number, position)
            );

            -- the page of the job, where the lab names one
            alter table lab_job add column url text;
            """
    )
}
