// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Failures that a project knows of, and what came of them: decision 49.
    static let knownIssues = Migration(
        version: 25,
        name: "known issues",
        sql: """
            create table known_issue (
                id bigint generated always as identity primary key,
                build_group text not null,
                build_project text not null,
                -- globs
                environment text not null,
                suite text not null,
                test text not null,
                reason text not null,
                url text,
                -- the last day on which it holds, in UTC; null: until it is removed
                expires date,
                created_by text not null,
                created_at timestamptz not null default now(),
                unique (build_group, build_project, environment, suite, test)
            );

            -- What the tests of an ended job said that a known issue is about, as it was stated then.
            create table job_known_issue (
                job_id bigint not null references job on delete cascade,
                environment text not null,
                suite text not null,
                test text not null,
                reason text not null,
                url text,
                failures integer not null check (failures >= 0),
                passes integer not null check (passes >= 0),
                primary key (job_id, environment, suite, test)
            );

            -- failed tests that a known issue is about; tests_fail does not count them
            alter table job add column tests_xfail integer not null default 0;
            alter table job_end add column tests_xfail integer not null default 0;
            -- Rows that are there satisfy the narrower rule, and are too many to be looked at again.
            alter table result drop constraint result_status_check;
            alter table result add constraint result_status_check
                check (status in ('pass', 'fail', 'xfail', 'skip', 'unknown')) not valid;
            """
    )
}
