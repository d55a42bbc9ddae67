// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Labs as they are: pauses and circuit breakers, cancellation, retries of infrastructure failures, limits of time,
    /// and events that are only hints.
    static let labs = Migration(
        version: 2,
        name: "labs",
        sql: """
            alter table backend
                -- by a person; stopped_reason is for a lab that refuses our token
                add column paused_reason text,
                add column paused_at timestamptz,
                -- the circuit breaker: failures in a row, and, once there are too many, when one job may try again
                add column failures integer not null default 0,
                add column probe_at timestamptz,
                -- the lab itself asked to be left alone until then
                add column rest_until timestamptz,
                add column last_submitted_at timestamptz,
                -- since when its event stream is followed; null while it is not
                add column events_since timestamptz;

            alter table jobset
                add column retries integer not null default 0 check (retries between 0 and 100),
                add column canceled_at timestamptz,
                add column canceled_reason text;

            alter table job
                add column cancel_requested_at timestamptz,
                add column cancel_reason text,
                -- since when it waits for a lab: from its acceptance, or from the end of the attempt before
                add column waiting_since timestamptz not null default now();
            create index job_to_cancel on job (cancel_requested_at)
                where cancel_requested_at is not null and state <> 'finished';

            alter table attempt
                -- how it ended, of an attempt that came back from its lab; null of one that ended with its job
                add column outcome text check (outcome in
                    ('complete', 'incomplete', 'canceled', 'rejected', 'lost', 'expired', 'undeliverable')),
                add column reason text,
                -- how often the lab answered this submission with a failure of its own, and since when
                add column server_errors integer not null default 0,
                add column server_errors_since timestamptz;
            create index attempt_by_submission on attempt (backend, submitted_at);
            create index attempt_failing on attempt (backend) where server_errors > 0 and state = 'submitting';

            alter table lab_job
                -- LAVA's role of a member of a multinode group
                add column role text,
                -- what the lab last said of a job that has not finished: Submitted, Scheduling, Scheduled, Running …
                add column lab_state text,
                -- false: only an event has told that it finished, and its results or its row are to bear that out
                add column is_confirmed boolean not null default true,
                -- whether its failure is the lab's and not the build's
                add column is_infrastructure boolean not null default false,
                -- how many of its results were more than are kept
                add column results_left_out integer not null default 0,
                -- the fetch of its results failed, and is due again then; null: a message is out
                add column fetch_due_at timestamptz,
                add column fetch_tries integer not null default 0,
                -- it is to be canceled in its lab, and that is due then
                add column cancel_due_at timestamptz,
                add column cancel_tries integer not null default 0;
            create index lab_job_to_cancel on lab_job (backend, cancel_due_at) where cancel_due_at is not null;
            create index lab_job_fetch_due on lab_job (backend, fetch_due_at)
                where state = 'finished' and fetch_due_at is not null;
            """
    )
}
