// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Jobsets, jobs, attempts, lab jobs, results, reports and deliveries.
    ///
    /// A job's row is the truth. `jobset.pending` is a projection of it that only `FinishJobs` changes, and the
    /// check on it fails a transaction loudly where other systems clamp at zero.
    static let fleet = Migration(
        version: 1,
        name: "fleet",
        sql: """
            create table backend (
                name text primary key,
                -- why nothing is submitted there at present: the lab refused our token, or somebody paused it
                stopped_reason text,
                stopped_at timestamptz,
                -- the watcher that polls this lab, and until when
                holder uuid,
                lease_expires_at timestamptz,
                -- by the lab's clock: everything that ended before this has been seen
                seen_until timestamptz,
                last_contact_at timestamptz,
                last_error text,
                last_error_at timestamptz,
                created_at timestamptz not null default now()
            );

            create table jobset (
                id uuid primary key,
                build_group text not null,
                build_project text not null,
                build_version text not null,
                digest bytea not null,
                state text not null default 'running' check (state in ('running', 'finished')),
                sealed boolean not null default true,
                generation integer not null default 1 check (generation > 0),
                total integer not null check (total >= 0),
                pending integer not null check (pending between 0 and total),
                verdict text check (verdict in ('passed', 'failed', 'incomplete', 'canceled')),
                callback jsonb,
                labels jsonb not null default '{}',
                created_at timestamptz not null default now(),
                finished_at timestamptz,
                check ((state = 'finished') = (verdict is not null)),
                check ((state = 'finished') = (finished_at is not null)),
                check (state = 'running' or (pending = 0 and sealed))
            );
            create index jobset_by_build on jobset (build_group, build_project, created_at desc);
            create index jobset_by_time on jobset (created_at desc);
            create index jobset_running on jobset (id) where state = 'running';

            create table job (
                id bigint generated always as identity primary key,
                jobset_id uuid not null references jobset on delete cascade,
                position integer not null check (position >= 0),
                environment text not null,
                backend text not null references backend,
                state text not null default 'waiting' check (state in ('waiting', 'submitted', 'finished')),
                outcome text check (outcome in
                    ('complete', 'incomplete', 'canceled', 'rejected', 'lost', 'expired', 'undeliverable')),
                reason text,
                -- set: no message is out for this waiting job, and one is due then; null: a message is out
                resume_at timestamptz,
                announced_at timestamptz not null default now(),
                tests_pass integer not null default 0,
                tests_fail integer not null default 0,
                tests_skip integer not null default 0,
                tests_unknown integer not null default 0,
                created_at timestamptz not null default now(),
                finished_at timestamptz,
                unique (jobset_id, position),
                check ((state = 'finished') = (outcome is not null))
            ) with (fillfactor = 80);
            create index job_unfinished on job (jobset_id) where state <> 'finished';
            create index job_waiting on job (backend, resume_at) where state = 'waiting';
            create index job_old on job (created_at) where state <> 'finished';

            -- apart from job, so that a change of a job's state does not write its definition again
            create table job_definition (
                jobset_id uuid not null references jobset on delete cascade,
                position integer not null,
                definition text not null,
                primary key (jobset_id, position)
            );

            create table attempt (
                id uuid primary key,
                job_id bigint not null references job on delete cascade,
                number integer not null check (number > 0),
                backend text not null references backend,
                state text not null default 'submitting' check (state in ('submitting', 'submitted', 'ended')),
                claimed_by uuid,
                claimed_until timestamptz,
                -- set: a request with this attempt may have reached the lab, so look for it before sending another
                doubtful_since timestamptz,
                tries integer not null default 0,
                last_error text,
                created_at timestamptz not null default now(),
                submitted_at timestamptz,
                ended_at timestamptz,
                unique (job_id, number)
            ) with (fillfactor = 80);
            create index attempt_open on attempt (backend, state) where state <> 'ended';

            create table lab_job (
                id bigint generated always as identity primary key,
                attempt_id uuid not null references attempt on delete cascade,
                backend text not null references backend,
                -- LAVA's own number; not unique for a backend, because a lab that is set up anew counts from 1 again
                number bigint not null,
                sub_id text,
                state text not null default 'submitted' check (state in ('submitted', 'finished', 'fetched')),
                health text,
                device text,
                error_type text,
                error_message text,
                submit_time timestamptz,
                start_time timestamptz,
                end_time timestamptz,
                created_at timestamptz not null default now(),
                checked_at timestamptz not null default now(),
                -- set: its results could not be fetched, though it has ended
                unfetchable text,
                -- since when the lab says that it knows no such job
                missing_since timestamptz,
                announced_at timestamptz,
                fetched_at timestamptz,
                unique (attempt_id, number)
            ) with (fillfactor = 80);
            create index lab_job_in_lab on lab_job (backend, number) where state = 'submitted';
            create index lab_job_to_fetch on lab_job (announced_at) where state = 'finished';

            create table result (
                lab_job_id bigint not null references lab_job on delete cascade,
                position integer not null,
                suite text not null,
                -- LAVA's own number of the suite: the same suite run twice in a job stays apart
                suite_number bigint not null,
                name text not null,
                status text not null check (status in ('pass', 'fail', 'skip', 'unknown')),
                measurement numeric,
                units text,
                start_log_line integer,
                end_log_line integer,
                primary key (lab_job_id, position)
            );

            create table report (
                jobset_id uuid not null references jobset on delete cascade,
                generation integer not null,
                document jsonb not null,
                body text not null,
                created_at timestamptz not null default now(),
                primary key (jobset_id, generation)
            );

            create table delivery (
                id uuid primary key default gen_random_uuid(),
                jobset_id uuid not null references jobset on delete cascade,
                generation integer not null,
                event text not null,
                kind text not null check (kind in ('report', 'callback')),
                receiver text not null,
                state text not null default 'due' check (state in ('due', 'delivered', 'failed')),
                tries integer not null default 0,
                due_at timestamptz not null default now(),
                claimed_until timestamptz,
                created_at timestamptz not null default now(),
                ended_at timestamptz,
                last_status integer,
                last_error text,
                unique (jobset_id, generation, event, kind, receiver)
            );
            create index delivery_due on delivery ((kind = 'callback'), due_at) where state = 'due';

            create table delivery_try (
                delivery_id uuid not null references delivery on delete cascade,
                number integer not null,
                started_at timestamptz not null,
                milliseconds integer not null,
                status integer,
                error text,
                response text,
                primary key (delivery_id, number)
            );

            create table rejected_document (
                id bigint generated always as identity primary key,
                -- one row a document: the same message again is the same row
                digest bytea not null unique,
                message_id text,
                received_at timestamptz not null default now(),
                times integer not null default 1,
                problem jsonb not null,
                body bytea not null,
                body_bytes integer not null
            );
            """
    )
}
