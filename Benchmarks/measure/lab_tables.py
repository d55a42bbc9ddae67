# SPDX-License-Identifier: Apache-2.0
"""What was measured of labs, as Markdown."""
import math
import statistics

from .tables import table


MOMENTS = ("seconds", "noted", "counted", "answers")


def percentile(values, share):
    """The smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def latency(taken):
    rows = []
    for mode, runs in taken.items():
        seconds, noted, counted, answers = ([each for run in runs for each in getattr(run, of)] for of in MOMENTS)
        rows.append(
            [
                mode.name,
                str(len(seconds)),
                f"{statistics.median(seconds):.3f}",
                f"{percentile(seconds, 0.9):.3f}",
                f"{percentile(seconds, 0.99):.3f}",
                f"{max(seconds):.3f}",
                f"{statistics.median(noted):.3f}",
                f"{statistics.median(counted):.3f}",
                f"{statistics.median(answers):.3f}",
                f"{percentile(answers, 0.99):.3f}",
                f"{statistics.median(run.requests_per_job for run in runs):.2f}",
            ]
        )
    meaning = "\n".join(f"- {mode.name}: {mode.meaning}" for mode in taken)
    titles = ["seconds from Finished to callback", "jobsets", "p50", "p90", "p99", "most"]
    titles += ["noted, p50", "counted, p50", "the lab's answer, p50", "p99", "requests a job"]
    return meaning + "\n\n" + table(titles, rows)


def queued(jobs, seconds, counted):
    rows = []
    for mode, routes in counted.items():
        total = sum(routes.values())
        which = ", ".join(f"{count} × `{route}`" for route, count in sorted(routes.items())) or "none"
        rows.append([mode, str(total), which, f"{total * 3600 / seconds:.0f}"])
    titles = [f"{jobs:,} of our jobs queued", f"requests in {seconds} s", "which", "an hour at that rate"]
    return table(titles, rows)


def large_job(cases, runs):
    memory = statistics.median(megabytes for megabytes, _ in runs)
    took = statistics.median(seconds for _, seconds in runs)
    return f"One job with {cases:,} results: the watcher's peak memory {memory:.0f} MB, called back after {took:.1f} s"


def outages(seconds, jobsets, counted):
    rows = [
        [name, f"{percentile(times, 0.5):.2f}", f"{max(times):.2f}", str(sum(each == 0 for each in times))]
        for name, times in counted.items()
    ]
    titles = [f"seconds after {seconds} s without", "half of them", f"the last of {jobsets}", "called back during it"]
    return table(titles, rows)
