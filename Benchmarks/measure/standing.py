# SPDX-License-Identifier: Apache-2.0
"""What a lab is asked while a long queue of ours stands still in it, and what one job with very many results needs."""
import time

from . import documents, machine
from .fleet import Failure

IN_LAB = "select count(*) from lab_job where state = 'submitted'"
QUEUED = {"MUSTER_BACKENDS_LAB_A_MAXIMUM_IN_FLIGHT": "1000000", "LAB_OPTIONS": "--devices sim=8 --run-time-ms 36000000"}


def queued(fleet, jobs, seconds, limit):
    """Requests to a lab by route within `seconds`, with `jobs` of our jobs in it of which none moves."""
    file = fleet.home / "benchmark.json"
    documents.write_jobset(file, jobs, ["lab-a"], fleet.callback, run_ms=36_000_000)
    fleet.submit(file)
    deadline = time.monotonic() + limit
    while int(fleet.sql(IN_LAB)) < jobs:
        if time.monotonic() > deadline:
            raise Failure(f"not {jobs} jobs in the lab within {limit} s")
        time.sleep(1)
    time.sleep(5)
    before = fleet.lab_requests()
    time.sleep(seconds)
    after = fleet.lab_requests()
    return {route: count - before.get(route, 0) for route, count in after.items() if count > before.get(route, 0)}


def large_job(fleet, cases, limit):
    """Peak memory of the watcher in MB, and seconds from publish to callback, of one job with `cases` results."""
    file = fleet.home / "benchmark.json"
    documents.write_single(file, "lab-a", fleet.callback, documents.definition(0, 0, cases=cases))
    began = time.time()
    fleet.submit(file)
    took = fleet.wait_for_callback(limit)["time"] - began
    kept = int(fleet.sql("select count(*) from result where suite <> 'lava'"))
    if kept != cases:
        raise Failure(f"{kept} results of {cases} were kept")
    return machine.peak_megabytes(fleet.pids()["watcher-1"]), took
