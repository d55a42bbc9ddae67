// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// The numbers by which SQUAD's clients know groups, projects, builds and test jobs; and jobs that are only watched.
    static let squadBuilds = Migration(
        version: 10,
        name: "squad builds",
        sql: """
            create table squad_group (
                id bigint generated always as identity primary key,
                slug text not null unique,
                created_at timestamptz not null default now()
            );
            create table squad_project (
                id bigint generated always as identity primary key,
                group_id bigint not null references squad_group on delete cascade,
                slug text not null,
                created_at timestamptz not null default now(),
                unique (group_id, slug)
            );
            create table squad_build (
                id bigint generated always as identity primary key,
                project_id bigint not null references squad_project on delete cascade,
                version text not null,
                -- the jobset that takes what is submitted now; it need not be there yet
                jobset_id uuid not null unique default gen_random_uuid(),
                -- the one before, whose callback it inherits
                previous_jobset_id uuid,
                created_at timestamptz not null default now(),
                unique (project_id, version)
            );
            create table squad_job (
                id bigint generated always as identity primary key,
                build_id bigint not null references squad_build on delete cascade,
                jobset_id uuid not null references jobset on delete cascade,
                -- the addition that brings it, alone: so a test job has its number before its job is there
                addition_id uuid,
                -- of a job that came into the jobset in another way
                position integer,
                created_at timestamptz not null default now(),
                unique (build_id, addition_id),
                unique (jobset_id, position),
                check ((addition_id is null) <> (position is null))
            );
            create index squad_job_by_jobset on squad_job (jobset_id, id);
            create index squad_job_by_build on squad_job (build_id, id);

            -- somebody else has submitted it: it has no tag of ours
            alter table lab_job add column is_watched boolean not null default false;

            -- why an addition was refused
            create index rejected_document_by_message on rejected_document (message_id);
            """
    )
}
