// SPDX-License-Identifier: Apache-2.0

/// How things stand at this moment.
extension DashboardView {
    static let now: [DashboardView] = [schemaVersion, backlog, ages, waitingJobsets, runningJobsets]

    private static let schemaVersion = DashboardView(
        "version",
        "The version of these views. Within a version, columns are only added.",
        [.init("version", .integer, "the version")],
        select: "select \(version) as version"
    )

    /// Each lab with what it has to do. What waits is kept (`FleetStore/Turns`), not counted.
    package static let backlog = DashboardView(
        "backlog",
        "Each lab: whether it takes jobs, what waits for it, and what it has.",
        [
            .init("backend", .text, "the lab"),
            .init(
                "state",
                .text,
                "`ok`, `paused`, `stopped` (it rejects the token), `broken` (circuit open) or `probing`"
            ),
            .init("waiting", .bigint, "jobs that no lab has yet"),
            .init("oldest_waiting_since", .time, "since when the oldest of them waits"),
            .init("oldest_waiting_seconds", .double, "for how long it has waited; 0 if no job waits"),
            .init(
                "in_flight",
                .bigint,
                "attempts that are in the lab or being submitted; `maximum_in_flight` limits them"
            ),
            .init("in_lab", .bigint, "attempts that the lab has"),
            .init("unfetched", .bigint, "finished lab jobs whose results are not stored yet"),
            .init("oldest_unfetched_since", .time, "when the oldest of them was announced"),
            .init("failures", .bigint, "failed submissions in a row"),
            .init("next_try_at", .time, "when the next job is sent to a lab whose circuit is open"),
            .init("last_contact_at", .time, "when the lab last answered"),
            .init("is_watched", .boolean, "whether a watcher holds the lab's lease"),
            .init("events_since", .time, "since when the lab's events are followed; null if it is only polled"),
        ],
        select: """
            select name as backend,
                case
                    when paused_at is not null or paused_reason is not null then 'paused'
                    when stopped_reason is not null then 'stopped'
                    when probe_at is null then 'ok'
                    when probe_at > now() then 'broken'
                    else 'probing'
                end as state,
                (kept.waiting + out.waiting)::bigint as waiting, oldest.since as oldest_waiting_since,
                coalesce(extract(epoch from now() - oldest.since), 0)::double precision as oldest_waiting_seconds,
                kept.attempts::bigint as in_flight, (kept.attempts - out.submitting)::bigint as in_lab,
                unfetched.number as unfetched, unfetched.since as oldest_unfetched_since,
                failures::bigint as failures, probe_at as next_try_at, last_contact_at,
                coalesce(holder is not null and lease_expires_at > now(), false) as is_watched, events_since
            from backend cross join lateral (
                select coalesce(sum(waiting), 0) as waiting, coalesce(sum(attempts), 0) as attempts from (
                    select waiting, 0 as attempts from turn where turn.backend = backend.name
                    union all select 0, attempts from lab_load where lab_load.backend = backend.name
                    union all select waiting, attempts from turn_change where turn_change.backend = backend.name
                ) as part
            ) as kept cross join lateral (
                select (
                    select count(*) from job
                    where job.backend = backend.name and job.state = 'waiting' and job.resume_at is null
                ) as waiting, (
                    select count(*) from attempt
                    where attempt.backend = backend.name and attempt.state = 'submitting'
                ) as submitting
            ) as out left join lateral (
                select waiting_since as since from job
                where job.backend = backend.name and job.state = 'waiting' order by waiting_since limit 1
            ) as oldest on true left join lateral (
                select count(*) as number, min(coalesce(announced_at, created_at)) as since from lab_job
                where lab_job.backend = backend.name and lab_job.state = 'finished'
            ) as unfetched on true
            """
    )

    /// The oldest of all that is not over.
    package static let ages = DashboardView(
        "ages",
        "The oldest item of each kind that has not ended. A kind without items has no row.",
        [
            .init("kind", .text, "`jobset`, `waiting job`, `lab job`, `results to fetch` or `delivery`"),
            .init("backend", .text, "the lab; null for jobsets and deliveries"),
            .init("number", .bigint, "how many there are"),
            .init("oldest_since", .time, "since when the oldest waits"),
            .init("oldest_seconds", .double, "for how long it has waited"),
        ],
        select: """
            select kind, backend, number, since as oldest_since,
                extract(epoch from now() - since)::double precision as oldest_seconds
            from (
                select 'jobset' as kind, null::text as backend, count(*) as number, min(created_at) as since
                from jobset where state = 'running'
                union all select 'waiting job', backend, waiting, oldest_waiting_since from (
                    \(backlog.select)
                ) as lab
                union all select 'lab job', backend, count(*), min(created_at) from lab_job where state = 'submitted'
                group by backend
                union all select 'results to fetch', backend, count(*), min(coalesce(announced_at, created_at))
                from lab_job where state = 'finished' group by backend
                union all select 'delivery', null, count(*), min(created_at) from delivery where state = 'due'
            ) as age
            where since is not null
            """
    )

    private static let waitingJobsets = DashboardView(
        "waiting_jobsets",
        "The jobsets that have jobs waiting for a lab, or out in it. It may be a second behind.",
        [.init("backend", .text, "the lab"), .init("jobset", .uuid, "the id of the jobset")] + .project + [
            .init("build", .text, "the version of the build"),
            .init("priority", .integer, "the jobset's priority, from 0 to 100; the highest goes first"),
            .init("waiting", .bigint, "jobs whose turn has not come"),
            .init("out", .bigint, "jobs that are being submitted or that the lab has"),
            .init("since", .time, "since when the jobset has had jobs waiting or out there"),
        ],
        select: """
            select turn.backend, turn.jobset_id as jobset, build_group, build_project, build_version as build,
                turn.priority, turn.waiting, turn.out, turn.since
            from turn join jobset on jobset.id = turn.jobset_id
            """
    )

    private static let runningJobsets = DashboardView(
        "running_jobsets",
        "The jobsets that are not finished.",
        [.init("jobset", .uuid, "the id of the jobset")] + .project + [
            .init("build", .text, "the version of the build"),
            .init("generation", .integer, "1, and one more with each retry"),
            .init("priority", .integer, "its priority, from 0 to 100; the highest goes first"),
            .init("jobs", .integer, "its jobs"),
            .init("pending", .integer, "its jobs that have not ended"),
            .init("failures", .integer, "its jobs that failed"),
            .init("is_sealed", .boolean, "whether no more jobs can be added"),
            .init("started_at", .time, "when it was accepted, or retried"),
            .init("deadline", .time, "when its unfinished jobs expire; null if never"),
            .init("seconds", .double, "for how long it has been running"),
        ],
        select: """
            select id as jobset, build_group, build_project, build_version as build, generation, priority,
                total as jobs, pending, failures, sealed as is_sealed, generation_started_at as started_at, deadline,
                extract(epoch from now() - generation_started_at)::double precision as seconds
            from jobset where state = 'running'
            """
    )
}
