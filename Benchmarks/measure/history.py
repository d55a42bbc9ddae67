# SPDX-License-Identifier: Apache-2.0
"""A past: jobsets that have finished long ago. What a run costs must not grow with it."""

PAST = """
insert into jobset (id, build_group, build_project, build_version, digest, state, total, pending, verdict,
        created_at, finished_at)
    select gen_random_uuid(), 'benchmarks', 'past', number::text, '', 'finished', 1000, 0, 'passed',
        now() - interval '9 days', now() - interval '8 days' from generate_series(1, {jobsets}) as number;
insert into job (jobset_id, position, environment, backend, state, outcome,
        announced_at, created_at, finished_at, tests_pass)
    select id, position, 'board', 'lab-a', 'finished', 'complete', created_at, created_at, finished_at, 4
    from jobset, generate_series(0, 999) as position;
insert into attempt (id, job_id, number, backend, state, created_at, submitted_at, ended_at)
    select gen_random_uuid(), id, 1, backend, 'ended', created_at, created_at, finished_at from job;
insert into lab_job (attempt_id, backend, number, state, health, created_at, fetched_at)
    select id, backend, 1000000000 + job_id, 'fetched', 'Complete', created_at, ended_at from attempt;
analyze jobset; analyze job; analyze attempt; analyze lab_job;
"""


def fill(fleet, jobs):
    """Writes `jobs` finished jobs, a thousand a jobset. The fleet must be up, so that the labs have their rows."""
    if jobs:
        fleet.sql(PAST.format(jobsets=-(-jobs // 1000)))
