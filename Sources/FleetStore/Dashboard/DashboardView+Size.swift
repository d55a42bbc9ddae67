// SPDX-License-Identifier: Apache-2.0

/// How large the database is, and how it grows.
extension DashboardView {
    static let size: [DashboardView] = [growth, tables]

    private static let growth = DashboardView(
        "growth_by_day",
        "What was stored within the last 30 days, by day.",
        [
            .init("day", .date, "the day, UTC"),
            .init("jobs", .bigint, "jobs that ended"),
            .init("lab_jobs", .bigint, "lab jobs whose results were stored"),
            .init("results", .bigint, "results that they brought"),
        ],
        select: """
            select day, coalesce(sum(jobs), 0)::bigint as jobs, coalesce(sum(lab_jobs), 0)::bigint as lab_jobs,
                coalesce(sum(results), 0)::bigint as results
            from (
                select (hour at time zone 'UTC')::date as day, jobs, null::bigint as lab_jobs, null::bigint as results
                from job_hour where hour > now() - interval '30 days'
                union all select day, null, lab_jobs, results
                from lab_day where day > (now() at time zone 'UTC')::date - 30
            ) as stored group by day
            """
    )

    private static let tables = DashboardView(
        "table_sizes",
        "The tables of the fleet.",
        [
            .init("table_name", .text, "the table"),
            .init("rows", .bigint, "its rows, as the server's statistics estimate them; -1 before the first look"),
            .init("bytes", .bigint, "its size with its indexes"),
            .init("index_bytes", .bigint, "the size of its indexes"),
        ],
        select: """
            select relname::text as table_name, reltuples::bigint as rows, pg_total_relation_size(oid) as bytes,
                pg_indexes_size(oid) as index_bytes
            from pg_class
            where relkind = 'r' and relnamespace = (
                select relnamespace from pg_class as known where known.oid = 'jobset'::regclass
            )
            """
    )
}
