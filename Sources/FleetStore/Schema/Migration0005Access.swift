// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Who may do what over HTTP, and who did.
    static let access = Migration(
        version: 5,
        name: "access",
        sql: """
            create table token (
                id uuid primary key default gen_random_uuid(),
                name text not null,
                -- SHA-256 of the token; the token itself is kept nowhere
                hash bytea not null unique check (length(hash) = 32),
                -- group/project, group/* or *
                projects text[] not null check (cardinality(projects) > 0),
                abilities text[] not null check (cardinality(abilities) > 0),
                created_at timestamptz not null default now(),
                created_by text not null,
                expires_at timestamptz,
                revoked_at timestamptz,
                -- to the minute
                last_used_at timestamptz
            );
            create unique index token_by_name on token (name) where revoked_at is null;

            -- every change that was asked for over HTTP, written before it is made
            create table audit (
                id bigint generated always as identity primary key,
                at timestamptz not null default now(),
                token_id uuid references token on delete set null,
                -- who: the token's name
                actor text not null,
                address text,
                action text not null,
                build_group text,
                build_project text,
                jobset_id uuid,
                detail jsonb not null default '{}',
                -- what the answer was, once there was one
                status integer
            );
            create index audit_by_jobset on audit (jobset_id, id) where jobset_id is not null;
            create index audit_by_time on audit (at);
            create index jobset_by_label on jobset using gin (labels jsonb_path_ops);
            """
    )
}
