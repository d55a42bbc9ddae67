// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Attempts whose submission was ever in doubt are looked for again, and what a lab has too many is known.
    static let doubts = Migration(
        version: 11,
        name: "doubts",
        sql: """
            alter table attempt
                -- when the last request of it that may have been carried out unseen was over, or will be at the latest;
                -- null: there was none
                add column doubted_at timestamptz,
                -- its lab is to be asked then for what it made of it
                add column look_due_at timestamptz,
                -- how many looks in a row have failed
                add column looks integer not null default 0,
                -- how many jobs the lab says its multinode group has, and until when those it does not show are
                -- waited for
                add column group_size integer,
                add column group_due_at timestamptz;
            create index attempt_to_look_for on attempt (backend, look_due_at) where look_due_at is not null;

            -- what a lab made of an attempt beside its lab jobs, since a request was carried out twice: it is canceled
            -- there and is part of nothing else, so it is not in lab_job
            create table surplus_lab_job (
                id bigint generated always as identity primary key,
                attempt_id uuid not null references attempt on delete cascade,
                backend text not null references backend,
                number bigint not null,
                sub_id text,
                found_at timestamptz not null default now(),
                -- it is to be canceled in its lab, and that is due then
                cancel_due_at timestamptz default now(),
                cancel_tries integer not null default 0,
                -- since when it is known to have ended, and LAVA's health then
                ended_at timestamptz,
                health text,
                unique (attempt_id, number)
            );
            create index surplus_lab_job_to_cancel on surplus_lab_job (backend, cancel_due_at)
                where cancel_due_at is not null;
            create index surplus_lab_job_by_number on surplus_lab_job (number);

            comment on column backend.last_submitted_at is 'not used any more: attempt.submitted_at tells it';
            """
    )
}
