// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What waits for a lab and what it has, kept instead of counted anew each time.
    ///
    /// Triggers note each change of the rows, whatever statement makes it. They only insert, so they take no lock that
    /// another transaction could wait for. Whoever fills a lab's queue adds up what they have noted
    /// (`FleetStore/Turns`).
    static let turns = Migration(
        version: 20,
        name: "turns",
        sql: """
            -- the jobsets that have jobs waiting for a lab, or out
            create table turn (
                backend text not null,
                jobset_id uuid not null,
                priority integer not null,
                -- jobs that wait and have no message out
                waiting bigint not null,
                -- jobs whose message is out, or that the lab has
                out bigint not null,
                since timestamptz not null default now(),
                primary key (backend, jobset_id)
            ) with (fillfactor = 70);
            create index turn_next on turn (backend, priority desc, out, since, jobset_id) where waiting > 0;

            -- how many attempts of a lab have not ended
            create table lab_load (
                backend text primary key,
                attempts bigint not null
            ) with (fillfactor = 50);

            -- what has changed since this was last added up
            create table turn_change (
                id bigint generated always as identity,
                backend text not null,
                -- null: a change of attempts alone
                jobset_id uuid,
                waiting bigint not null default 0,
                out bigint not null default 0,
                attempts bigint not null default 0
            );
            create index turn_change_by_backend on turn_change (backend, id) include (attempts);
            \(vacuumed("turn"))
            \(vacuumed("lab_load"))
            \(vacuumed("turn_change"))

            \(noting(table: "job", each: { noteJobs($0) }))
            \(noting(table: "attempt", each: { noteAttempts($0) }))

            \(noteJobs("select backend, jobset_id, state, resume_at, 1 as number from job where state <> 'finished'"))
            \(noteAttempts("select backend, state, 1 as number from attempt where state <> 'ended'"))
            -- who fills a queue needs no index of what is out any more
            drop index job_out;
            """
    )

    /// - Parameter rows: Jobs, each with `number`: 1 for one that has come, -1 for one that has gone.
    private static func noteJobs(_ rows: String) -> String {
        """
        insert into turn_change (backend, jobset_id, waiting, out)
        select backend, jobset_id, waiting, out from (
            select backend, jobset_id,
                coalesce(sum(number) filter (where state = 'waiting' and resume_at is not null), 0) as waiting,
                coalesce(sum(number) filter (
                    where state = 'submitted' or (state = 'waiting' and resume_at is null)
                ), 0) as out
            from (\(rows)) as changed group by backend, jobset_id
        ) as summed where waiting <> 0 or out <> 0;
        """
    }

    private static func noteAttempts(_ rows: String) -> String {
        """
        insert into turn_change (backend, attempts)
        select backend, sum(number) from (\(rows)) as changed where state <> 'ended'
        group by backend having sum(number) <> 0;
        """
    }

    private static func noting(table: String, each note: (_ rows: String) -> String) -> String {
        let columns = table == "job" ? "backend, jobset_id, state, resume_at" : "backend, state"
        let come = "select \(columns), 1 as number from come"
        let gone = "select \(columns), -1 as number from gone"
        return """
            create function note_\(table)s() returns trigger language plpgsql as $note$
            begin
                if tg_op = 'INSERT' then
                    \(note(come))
                elsif tg_op = 'UPDATE' then
                    \(note("\(come) union all \(gone)"))
                else
                    \(note(gone))
                end if;
                return null;
            end
            $note$;
            create trigger note_insert after insert on \(table)
                referencing new table as come for each statement execute function note_\(table)s();
            create trigger note_update after update on \(table)
                referencing new table as come old table as gone for each statement execute function note_\(table)s();
            create trigger note_delete after delete on \(table)
                referencing old table as gone for each statement execute function note_\(table)s();
            """
    }

    /// Small tables whose rows change all the time.
    private static func vacuumed(_ table: String) -> String {
        """
        alter table \(table) set (
            autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
            autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000
        );
        """
    }
}
