// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What jobsets leave behind is removed after some time: decision 55.
    static let retention = Migration(
        version: 32,
        name: "retention",
        sql: """
            alter table jobset
                -- whether somebody wants to keep all of it
                add column is_kept boolean not null default false,
                -- since when these are removed, or are being removed
                add column results_removed_at timestamptz,
                add column definitions_removed_at timestamptz,
                add column reports_removed_at timestamptz;
            create index jobset_with_results on jobset (build_group, build_project, finished_at)
                where state = 'finished' and results_removed_at is null;
            create index jobset_with_definitions on jobset (build_group, build_project, finished_at)
                where state = 'finished' and definitions_removed_at is null;
            create index jobset_with_reports on jobset (build_group, build_project, finished_at)
                where state = 'finished' and reports_removed_at is null;
            create index jobset_finished on jobset (build_group, build_project, finished_at) where state = 'finished';

            -- parts of jobsets that are being removed, and how far that is
            create table removal (
                jobset_id uuid not null references jobset on delete cascade,
                part text not null check (part in ('results', 'definitions', 'reports')),
                -- the first job whose rows are there yet
                next_position integer not null default 0,
                created_at timestamptz not null default now(),
                primary key (jobset_id, part)
            );
            """
    )
}
