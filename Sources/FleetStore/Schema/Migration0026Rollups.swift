// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What has ended by hour and day, for the views of the schema `dashboard`: decision 46.
    ///
    /// Triggers note what ends, whatever statement does it, in its transaction. Watchers add the notes up
    /// (`FleetStore/Rollups`).
    static let rollups = Migration(
        version: 26,
        name: "rollups",
        sql: """
            alter table lab_job
                -- the kind of board that its definition asks for
                add column device_type text;
            \(notes)
            \(jobHours)
            \(timeClasses)
            \(labTimes("lab_hour", "hour timestamptz not null", key: "hour"))
            \(labTimes("lab_day", "day date not null", key: "day"))
            \(deviceHours)
            \(testDays)
            create index job_by_wait on job (backend, waiting_since) where state = 'waiting';
            create index delivery_by_end on delivery (ended_at) where ended_at is not null;

            -- what has ended lately is added up like what ends from now on
            insert into rollup_change
                (job_id, outcome, reason, tests_pass, tests_fail, tests_skip, tests_unknown, tests_xfail, ended_at)
            select id, outcome, left(reason, 500), tests_pass, tests_fail, tests_skip, tests_unknown, tests_xfail,
                finished_at
            from job where state = 'finished' and finished_at > now() - interval '30 days';
            insert into rollup_change (lab_job_id)
            select id from lab_job where state = 'fetched' and fetched_at > now() - interval '30 days';
            """
    )

    private static let notes = """
        -- what has ended and is not added up yet
        create table rollup_change (
            id bigint generated always as identity primary key,
            -- a job that has ended, and how: it may have been retried since
            job_id bigint,
            outcome text,
            reason text,
            tests_pass integer,
            tests_fail integer,
            tests_skip integer,
            tests_unknown integer,
            tests_xfail integer,
            ended_at timestamptz,
            -- a lab job whose results are stored
            lab_job_id bigint,
            check ((job_id is null) <> (lab_job_id is null))
        );
        alter table rollup_change set (
            autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
            autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000
        );
        create function note_ended_job() returns trigger language plpgsql as $note$
        begin
            insert into rollup_change
                (job_id, outcome, reason, tests_pass, tests_fail, tests_skip, tests_unknown, tests_xfail, ended_at)
            values (new.id, new.outcome, left(new.reason, 500), new.tests_pass, new.tests_fail, new.tests_skip,
                new.tests_unknown, new.tests_xfail, new.finished_at);
            return null;
        end
        $note$;
        create trigger note_end after update of state on job for each row
            when (new.state = 'finished' and old.state <> 'finished') execute function note_ended_job();
        create function note_fetched_lab_job() returns trigger language plpgsql as $note$
        begin
            insert into rollup_change (lab_job_id) values (new.id);
            return null;
        end
        $note$;
        create trigger note_fetch after update of state on lab_job for each row
            when (new.state = 'fetched' and old.state <> 'fetched') execute function note_fetched_lab_job();
        """

    private static let jobHours = """
        create table job_hour (
            hour timestamptz not null,
            backend text not null,
            build_group text not null,
            build_project text not null,
            outcome text not null,
            jobs bigint not null,
            tests_pass bigint not null,
            tests_fail bigint not null,
            tests_skip bigint not null,
            tests_unknown bigint not null,
            tests_xfail bigint not null default 0,
            primary key (hour, backend, build_group, build_project, outcome)
        ) with (fillfactor = 80);
        create table reason_day (
            day date not null,
            backend text not null,
            outcome text not null,
            -- without its numbers, so that equal reasons are one
            reason text not null,
            jobs bigint not null,
            primary key (day, backend, outcome, reason)
        ) with (fillfactor = 80);
        """

    /// Percentiles of several hours can't be computed from those of each, and a row for each job would be as many as
    /// there are jobs. So times are counted by class: the first has up to a second, each of 63 more ends 2^(1/3) times later.
    private static let timeClasses = """
        create function time_class(seconds double precision) returns integer language sql immutable strict as $$
            select case when seconds <= 1 then 1
                else least(64, 1 + ceil(3 * ln(seconds) / ln(2.0::double precision)))::integer end
        $$;
        create function time_classes(classes integer[]) returns bigint[] language sql immutable as $$
            select array(
                select count(given.class) from generate_series(1, 64) as number (class)
                    left join unnest(classes) as given (class) on given.class = number.class
                group by number.class order by number.class
            )
        $$;
        create function sum_classes(one bigint[], other bigint[]) returns bigint[] language sql immutable as $$
            select array(
                select coalesce(one.times, 0) + coalesce(other.times, 0)
                from unnest(one) with ordinality as one (times, class)
                    full join unnest(other) with ordinality as other (times, class) using (class)
                order by class
            )
        $$;
        -- the time that `share` of them do not exceed, by a straight line through its class
        create function time_quantile(classes bigint[], share double precision) returns double precision
        language sql immutable as $$
            select floor + (ceiling - floor) * (rank - (so_far - times)) / times from (
                select class, times, sum(times) over (order by class) as so_far, share * sum(times) over () as rank,
                    case when class = 1 then 0
                        else power(2.0::double precision, (class - 2) / 3.0::double precision) end as floor,
                    power(2.0::double precision, (class - 1) / 3.0::double precision) as ceiling
                from unnest(classes) with ordinality as given (times, class)
            ) as summed where times > 0 and so_far >= rank order by class limit 1
        $$;
        """

    private static func labTimes(_ table: String, _ period: String, key: String) -> String {
        """
        create table \(table) (
            \(period),
            backend text not null,
            device_type text not null,
            lab_jobs bigint not null,
            results bigint not null,
            -- of those that began to run
            starts bigint not null,
            queue_seconds double precision not null,
            queue_classes bigint[] not null,
            queue_p50 double precision generated always as (time_quantile(queue_classes, 0.5)) stored,
            queue_p95 double precision generated always as (time_quantile(queue_classes, 0.95)) stored,
            -- of those that ran
            runs bigint not null,
            run_seconds double precision not null,
            run_classes bigint[] not null,
            run_p50 double precision generated always as (time_quantile(run_classes, 0.5)) stored,
            run_p95 double precision generated always as (time_quantile(run_classes, 0.95)) stored,
            primary key (\(key), backend, device_type)
        ) with (fillfactor = 80);
        """
    }

    private static let deviceHours = """
        create table device_hour (
            -- by the lab's clock
            hour timestamptz not null,
            backend text not null,
            device text not null,
            device_type text not null,
            -- those that ended in this hour
            lab_jobs bigint not null,
            busy_seconds double precision not null,
            primary key (hour, backend, device, device_type)
        ) with (fillfactor = 80);
        """

    /// Of tests only failures: a row for each that passes would be as much as all results.
    private static let testDays = """
        create table suite_day (
            build_group text not null,
            build_project text not null,
            environment text not null,
            suite text not null,
            day date not null,
            runs bigint not null,
            tests_pass bigint not null,
            tests_fail bigint not null,
            tests_skip bigint not null,
            tests_unknown bigint not null,
            tests_xfail bigint not null default 0,
            primary key (build_group, build_project, environment, suite, day)
        ) with (fillfactor = 80);
        create index suite_day_by_day on suite_day (day);
        create table test_day (
            build_group text not null,
            build_project text not null,
            suite text not null,
            name text not null,
            environment text not null,
            day date not null,
            failures bigint not null,
            last_at timestamptz not null,
            last_jobset_id uuid not null,
            primary key (build_group, build_project, suite, name, environment, day)
        ) with (fillfactor = 80);
        create index test_day_by_day on test_day (day);
        """
}
