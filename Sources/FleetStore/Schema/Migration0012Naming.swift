// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What documents may name that is another project's: lab jobs and baselines.
    static let naming = Migration(
        version: 12,
        name: "naming",
        sql: """
            -- whether its lab is told when it is canceled here; one that is only watched is left alone unless the
            -- operator allows it
            alter table lab_job add column may_cancel boolean not null default true;
            update lab_job set may_cancel = false, cancel_due_at = null where is_watched;

            -- group/project: another project that the named baseline may be of, since the publisher may read it
            alter table jobset add column baseline_project text;

            -- what the sender of a document that is on its way may have it name; a message can't say who sent it
            create table naming_permit (
                -- the document's id
                id uuid not null,
                digest bytea not null,
                watches boolean not null,
                baseline_project text,
                created_at timestamptz not null default now(),
                primary key (id, digest)
            );
            create index naming_permit_by_time on naming_permit (created_at);
            """
    )
}
