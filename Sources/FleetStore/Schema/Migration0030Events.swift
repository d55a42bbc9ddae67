// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What happens to jobsets and jobs, for others to read: decision 52.
    ///
    /// Triggers note it, whatever statement does it, in its transaction, but only in sessions that ask for it
    /// (`FleetStore/Events`). In all others the condition is false before anything is looked up or written.
    static let events = Migration(
        version: 30,
        name: "events",
        sql: """
            -- what has happened and is not published yet
            create table event (
                id bigint generated always as identity primary key,
                -- the same over every publication
                event_id uuid not null default gen_random_uuid(),
                type text not null,
                jobset_id uuid not null,
                generation integer not null,
                -- null: it happened to the jobset
                job_id bigint,
                happened_at timestamptz not null default now(),
                -- what may have changed by the time that it is published
                data jsonb not null
            );
            alter table event set (
                autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
                autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
                autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000
            );
            -- what one process at a time does, and until when it is the one
            create table lease (
                name text primary key,
                holder uuid not null,
                expires_at timestamptz not null
            );
            \(jobsets)
            \(jobs)
            """
    )

    /// What a session must have asked for.
    private static let isWanted =
        "current_setting('\(FleetStore.eventSetting.name)', true) = '\(FleetStore.eventSetting.value)'"

    private static let jobsets = """
        create function note_jobset_events() returns trigger language plpgsql as $note$
        begin
            insert into event (type, jobset_id, generation, data)
            select 'jobset.' || happened.what, new.id, new.generation, jsonb_strip_nulls(jsonb_build_object(
                'total', new.total, 'pending', new.pending, 'failures', new.failures, 'missing', new.missing,
                'is_sealed', new.sealed, 'sealed_reason', new.sealed_reason, 'verdict', new.verdict,
                'canceled_reason', case when new.canceled_at is not null then new.canceled_reason end
            ))
            from (values
                (1, 'accepted', tg_op = 'INSERT'),
                (2, 'retried', new.generation > old.generation),
                (3, 'sealed', new.sealed and not old.sealed),
                (4, 'canceled', new.canceled_at is not null and old.canceled_at is null),
                (5, 'finished', new.state = 'finished' and old.state <> 'finished')
            ) as happened (place, what, is_so)
            -- of a row that is new, nothing was before
            where is_so and (tg_op = 'UPDATE' or happened.what = 'accepted') order by happened.place;
            return null;
        end
        $note$;
        create trigger note_event_insert after insert on jobset for each row
            when (\(isWanted)) execute function note_jobset_events();
        create trigger note_event_update after update of state, generation, sealed, canceled_at on jobset for each row
            when (\(isWanted)) execute function note_jobset_events();
        """

    private static let jobs = """
        create function note_job_events() returns trigger language plpgsql as $note$
        begin
            insert into event (type, jobset_id, generation, job_id, data)
            select 'job.' || new.state, new.jobset_id, new.generation, new.id, jsonb_strip_nulls(jsonb_build_object(
                'attempt', (select max(number) from attempt where job_id = new.id),
                'outcome', new.outcome, 'reason', left(new.reason, 2000),
                'tests', case when new.state = 'finished' then jsonb_build_object(
                    'pass', new.tests_pass, 'fail', new.tests_fail, 'xfail', new.tests_xfail,
                    'skip', new.tests_skip, 'unknown', new.tests_unknown
                ) end
            ));
            return null;
        end
        $note$;
        create trigger note_event after update of state on job for each row
            when (new.state <> old.state and new.state <> 'waiting' and \(isWanted)) execute function note_job_events();

        create function note_running_job() returns trigger language plpgsql as $note$
        begin
            insert into event (type, jobset_id, generation, job_id, data)
            select 'job.running', job.jobset_id, attempt.generation, job.id, jsonb_strip_nulls(jsonb_build_object(
                'attempt', attempt.number, 'lab_job', new.number, 'device', left(new.device, 200)
            ))
            from attempt join job on job.id = attempt.job_id
            where attempt.id = new.attempt_id and attempt.state = 'submitted'
                -- of a group of lab jobs the first one; of several that begin in one statement, each sees the others
                and not exists (
                    select from lab_job as other where other.attempt_id = new.attempt_id and other.id < new.id
                        and (other.lab_state = 'Running' or other.start_time is not null)
                );
            return null;
        end
        $note$;
        create trigger note_event after update of lab_state on lab_job for each row
            when (new.lab_state = 'Running' and old.lab_state is distinct from 'Running' and \(isWanted))
            execute function note_running_job();
        """
}
