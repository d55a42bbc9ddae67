// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Priority, retries and limits of time of a single job: decision 54.
    static let jobTerms = Migration(
        version: 33,
        name: "job terms",
        sql: """
            alter table job
                -- which goes first of the jobs of its jobset that wait for the same lab: the higher
                add column priority smallint not null default 50 check (priority between 0 and 100),
                -- null: those of its jobset
                add column retries smallint check (retries between 0 and 100),
                -- {"queued": seconds, "running": seconds}
                add column timeout jsonb;
            alter table jobset
                -- the priorities that its jobs have, the highest first; null: none but the usual one
                add column job_priorities integer[];
            alter table turn
                -- the same, kept here
                add column job_priorities integer[];
            alter table lab_job
                -- from the job's timeout, so that whoever looks for what is overdue reads no jobs
                add column queued_limit_seconds integer,
                add column running_limit_seconds integer;

            drop index job_due;
            create index job_due on job (backend, jobset_id, priority, resume_at, id)
                where state = 'waiting' and resume_at is not null;
            """
    )
}
