// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What each test said in the latest jobsets: decision 48.
    ///
    /// A trigger notes each jobset that finishes, whatever statement finishes it. Watchers read its results later
    /// (`FleetStore/TestHistory`).
    static let testHistory = Migration(
        version: 27,
        name: "test history",
        sql: """
            -- the tests of a suite, once for all jobsets that have the same
            create table test_list (
                id bigint generated always as identity primary key,
                digest bytea not null unique,
                names text[] not null
            );

            -- what the tests of a suite said in a finished jobset
            create table suite_history (
                jobset_id uuid not null,
                environment text not null,
                suite text not null,
                build_group text not null,
                build_project text not null,
                created_at timestamptz not null,
                test_list_id bigint not null references test_list,
                -- a letter for each name of the list: (p)ass, (f)ail, (x)fail, (s)kip, (u)nknown
                statuses text not null,
                -- for each name of the list what was measured, or null; null where nothing was
                measurements double precision[],
                primary key (jobset_id, environment, suite)
            );
            create index suite_history_latest
                on suite_history (build_group, build_project, suite, environment, created_at desc, jobset_id);
            create index suite_history_list on suite_history (test_list_id);

            -- jobsets that have finished and whose results are not in the history yet
            create table history_change (
                id bigint generated always as identity primary key,
                jobset_id uuid not null
            );
            create function note_finished_jobset() returns trigger language plpgsql as $note$
            begin
                insert into history_change (jobset_id) values (new.id);
                return null;
            end
            $note$;
            create trigger note_finish after update of state on jobset for each row
                when (new.state = 'finished' and old.state <> 'finished') execute function note_finished_jobset();

            -- the latest jobsets of each project are added like those that finish from now on
            insert into history_change (jobset_id)
            select id from (
                select id, finished_at,
                    row_number() over (partition by build_group, build_project order by created_at desc) as place
                from jobset where state = 'finished'
            ) as latest where place <= 20 order by finished_at;
            """
    )
}
