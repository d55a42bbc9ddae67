// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// A jobset's whole life: open and sealed, its deadline, its limit of failures, its generations, its turn in a lab.
    static let life = Migration(
        version: 3,
        name: "life",
        sql: """
            alter table jobset
                add column priority integer not null default 50 check (priority between 0 and 100),
                -- an open one is sealed when it has so many jobs
                add column declared_total integer check (declared_total >= 0),
                -- why it was sealed by somebody else than its owner
                add column sealed_reason text,
                add column added_at timestamptz not null default now(),
                add column timeout_seconds integer check (timeout_seconds > 0),
                add column deadline timestamptz,
                add column deadline_passed_at timestamptz,
                -- a projection of its jobs like pending, changed in the same statement
                add column failures integer not null default 0 check (failures between 0 and total),
                add column max_failures integer check (max_failures >= 0),
                add column max_failures_percent integer check (max_failures_percent between 0 and 100),
                add column generation_started_at timestamptz not null default now(),
                add check (declared_total is null or total <= declared_total),
                add check (max_failures is null or max_failures_percent is null);
            create index jobset_by_deadline on jobset (deadline)
                where state = 'running' and deadline_passed_at is null;
            create index jobset_open on jobset (added_at) where not sealed;

            -- what was added to open jobsets: the same addition again is the same row
            create table jobset_addition (
                jobset_id uuid not null references jobset on delete cascade,
                id uuid not null,
                digest bytea not null,
                first_position integer not null,
                jobs integer not null,
                created_at timestamptz not null default now(),
                primary key (jobset_id, id)
            );

            -- how earlier generations ended; the present one stands in jobset and job
            create table jobset_end (
                jobset_id uuid not null references jobset on delete cascade,
                generation integer not null,
                verdict text not null,
                canceled_at timestamptz,
                canceled_reason text,
                deadline_passed_at timestamptz,
                finished_at timestamptz not null,
                primary key (jobset_id, generation)
            );
            create table job_end (
                job_id bigint not null references job on delete cascade,
                generation integer not null,
                outcome text not null,
                reason text,
                tests_pass integer not null,
                tests_fail integer not null,
                tests_skip integer not null,
                tests_unknown integer not null,
                finished_at timestamptz not null,
                primary key (job_id, generation)
            );

            -- a new job is due at once, and gets its message in its turn
            alter table job alter column resume_at set default now();
            -- the generation in which it was last sent out
            alter table job add column generation integer not null default 1;
            alter table attempt add column generation integer not null default 1;

            -- jobs are sent out in turn: those that are due, by jobset, and those that are out, by jobset
            create index job_due on job (backend, jobset_id, resume_at, id)
                where state = 'waiting' and resume_at is not null;
            create index job_out on job (backend, jobset_id)
                where state = 'submitted' or (state = 'waiting' and resume_at is null);

            alter table delivery
                -- what happened, of an event other than the end
                add column data jsonb,
                -- a callback's body, from when it was first made: every try says the same
                add column body text,
                add check (event in ('finished', 'first_failure', 'deadline', 'canceled'));
            """
    )
}
