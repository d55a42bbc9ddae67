// SPDX-License-Identifier: Apache-2.0

import Fleet
import Postgres

/// What has ended by hour and day, which the views of the schema `dashboard` show: decision 46.
///
/// Triggers note what ends (`rollup_change`). Whoever adds the notes up deletes them in the same transaction, so each
/// counts once, whatever dies in between, and however many do it.
extension FleetStore {
    /// The most notes that are added up at once.
    package static let rollupBatch = 500

    /// Adds up what has ended and is not added up yet, unless somebody else is at it.
    ///
    /// - Returns: how many notes that were; if they are ``rollupBatch``, there are more.
    package func rollUp() async throws -> Int {
        guard try await query("select exists (select from rollup_change)").first?.decode(Bool.self) == true else {
            return 0
        }
        return try await transaction(idempotent: false) { sql in
            guard try sql.beginAlone(.rollup) else { return 0 }
            try sql.allowForSize()
            let labJobs = try sql.query(PostgresTransaction.endedJobs(atOnce: Self.rollupBatch)).decode(Int.self)
            let fetched = labJobs.filter { $0 != 0 }
            if !fetched.isEmpty { try sql.execute(PostgresTransaction.fetchedLabJobs(fetched)) }
            return labJobs.count
        }
    }
}

extension PostgresTransaction {
    /// Takes notes and adds up the jobs among them.
    ///
    /// - Returns: of each note the lab job, 0 of a job's.
    fileprivate static func endedJobs(atOnce: Int) -> PostgresStatement {
        """
        with change as (
            delete from rollup_change where id in (select id from rollup_change order by id limit \(unsafeSQL: "\(atOnce)"))
            returning *
        ), ended as (
            select job.backend, jobset.build_group, jobset.build_project, change.*
            from change join job on job.id = change.job_id join jobset on jobset.id = job.jobset_id
        ), job_hours as (
            insert into job_hour as kept (hour, backend, build_group, build_project, outcome, jobs, tests_pass, tests_fail,
                tests_skip, tests_unknown, tests_xfail)
            select date_trunc('hour', ended_at, 'UTC'), backend, build_group, build_project, outcome, count(*),
                sum(tests_pass), sum(tests_fail), sum(tests_skip), sum(tests_unknown), sum(coalesce(tests_xfail, 0))
            from ended group by 1, 2, 3, 4, 5
            on conflict (hour, backend, build_group, build_project, outcome) do update set
                jobs = kept.jobs + excluded.jobs, tests_pass = kept.tests_pass + excluded.tests_pass,
                tests_fail = kept.tests_fail + excluded.tests_fail, tests_skip = kept.tests_skip + excluded.tests_skip,
                tests_unknown = kept.tests_unknown + excluded.tests_unknown,
                tests_xfail = kept.tests_xfail + excluded.tests_xfail
        ), reason_days as (
            insert into reason_day as kept (day, backend, outcome, reason, jobs)
            select (ended_at at time zone 'UTC')::date, backend, outcome,
                left(regexp_replace(coalesce(reason, ''), '0[xX][0-9a-fA-F]+|[0-9]+', '#', 'g'), 200), count(*)
            from ended where outcome <> 'complete' group by 1, 2, 3, 4
            on conflict (day, backend, outcome, reason) do update set jobs = kept.jobs + excluded.jobs
        )
        select coalesce(lab_job_id, 0) from change
        """
    }

    /// Adds up lab jobs, and what their test cases said. What is told of them does not change any more.
    fileprivate static func fetchedLabJobs(_ labJobs: [Int]) -> PostgresStatement {
        """
        with fetched as (
            select lab_job.id, lab_job.backend, left(coalesce(lab_job.device_type, ''), 200) as device_type,
                left(lab_job.device, 200) as device, lab_job.fetched_at,
                date_trunc('hour', lab_job.fetched_at, 'UTC') as hour, (lab_job.fetched_at at time zone 'UTC')::date as day,
                lab_job.submit_time, lab_job.start_time, lab_job.end_time, job.environment, job.jobset_id,
                jobset.build_group, jobset.build_project
            from lab_job join attempt on attempt.id = lab_job.attempt_id
                join job on job.id = attempt.job_id join jobset on jobset.id = job.jobset_id
            where lab_job.id = any(\(labJobs))
        ), suites as (
            select result.lab_job_id, left(result.suite, 200) as suite, count(distinct result.suite_number) as runs,
                count(*) as results,
                count(*) filter (where status = 'pass') as pass, count(*) filter (where status = 'fail') as fail,
                count(*) filter (where status = 'skip') as skip, count(*) filter (where status = 'unknown') as unknown,
                count(*) filter (where status = 'xfail') as xfail
            from result where lab_job_id = any(\(labJobs)) group by 1, 2
        ), timed as (
            select fetched.id, backend, device_type, hour, day, coalesce(counted.results, 0) as results,
                case when start_time is not null and submit_time is not null
                    then greatest(0, extract(epoch from start_time - submit_time)) end::double precision as queue_seconds,
                case when start_time is not null and end_time is not null
                    then greatest(0, extract(epoch from end_time - start_time)) end::double precision as run_seconds
            from fetched left join (
                select lab_job_id, sum(results) as results from suites group by lab_job_id
            ) as counted on counted.lab_job_id = fetched.id
        ), lab_hours as (
            \(unsafeSQL: labTimes("lab_hour", by: "hour"))
        ), lab_days as (
            \(unsafeSQL: labTimes("lab_day", by: "day"))
        ), device_hours as (
            \(unsafeSQL: deviceHours)
        ), suite_days as (
            \(unsafeSQL: suiteDays)
        )
        insert into test_day as kept (build_group, build_project, suite, name, environment, day, failures, last_at,
            last_jobset_id)
        select build_group, build_project, left(suite, 200), left(name, 250), environment, day, count(*), max(fetched_at),
            (array_agg(jobset_id order by fetched_at desc))[1]
        from fetched join result on result.lab_job_id = fetched.id
        where result.lab_job_id = any(\(labJobs)) and status = 'fail' and suite <> 'lava'
        group by 1, 2, 3, 4, 5, 6
        on conflict (build_group, build_project, suite, name, environment, day) do update set
            failures = kept.failures + excluded.failures,
            last_at = greatest(kept.last_at, excluded.last_at),
            last_jobset_id = case when excluded.last_at >= kept.last_at
                then excluded.last_jobset_id else kept.last_jobset_id end
        """
    }

    private static func labTimes(_ table: String, by period: String) -> String {
        """
        insert into \(table) as kept (\(period), backend, device_type, lab_jobs, results,
            starts, queue_seconds, queue_classes, runs, run_seconds, run_classes)
        select \(period), backend, device_type, count(*), sum(results),
            count(queue_seconds), coalesce(sum(queue_seconds), 0), time_classes(array_agg(time_class(queue_seconds))),
            count(run_seconds), coalesce(sum(run_seconds), 0), time_classes(array_agg(time_class(run_seconds)))
        from timed group by \(period), backend, device_type
        on conflict (\(period), backend, device_type) do update set
            lab_jobs = kept.lab_jobs + excluded.lab_jobs, results = kept.results + excluded.results,
            starts = kept.starts + excluded.starts, queue_seconds = kept.queue_seconds + excluded.queue_seconds,
            queue_classes = sum_classes(kept.queue_classes, excluded.queue_classes),
            runs = kept.runs + excluded.runs, run_seconds = kept.run_seconds + excluded.run_seconds,
            run_classes = sum_classes(kept.run_classes, excluded.run_classes)
        """
    }

    /// A run is split over the hours in which it ran. Times that can't be, by the lab's clock, are left out.
    private static let deviceHours = """
        insert into device_hour as kept (hour, backend, device, device_type, lab_jobs, busy_seconds)
        select spent.hour, backend, device, device_type,
            count(*) filter (where end_time <= spent.hour + interval '1 hour'),
            sum(extract(epoch from least(end_time, spent.hour + interval '1 hour') - greatest(start_time, spent.hour)))
        from fetched, generate_series(
            date_trunc('hour', start_time, 'UTC'), least(end_time, start_time + interval '7 days'), interval '1 hour'
        ) as spent (hour)
        where device is not null and end_time > start_time
            and end_time between fetched_at - interval '30 days' and fetched_at + interval '1 day'
            and spent.hour < end_time
        group by 1, 2, 3, 4
        on conflict (hour, backend, device, device_type) do update set
            lab_jobs = kept.lab_jobs + excluded.lab_jobs, busy_seconds = kept.busy_seconds + excluded.busy_seconds
        """

    private static let suiteDays = """
        insert into suite_day as kept (build_group, build_project, environment, suite, day, runs, tests_pass, tests_fail,
            tests_skip, tests_unknown, tests_xfail)
        select build_group, build_project, environment, suite, day, sum(runs), sum(pass), sum(fail), sum(skip), sum(unknown),
            sum(xfail)
        from suites join fetched on fetched.id = suites.lab_job_id where suite <> 'lava' group by 1, 2, 3, 4, 5
        on conflict (build_group, build_project, environment, suite, day) do update set
            runs = kept.runs + excluded.runs, tests_pass = kept.tests_pass + excluded.tests_pass,
            tests_fail = kept.tests_fail + excluded.tests_fail, tests_skip = kept.tests_skip + excluded.tests_skip,
            tests_unknown = kept.tests_unknown + excluded.tests_unknown,
            tests_xfail = kept.tests_xfail + excluded.tests_xfail
        """
}
