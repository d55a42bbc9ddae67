# SPDX-License-Identifier: Apache-2.0
"""What was measured, as Markdown."""
import dataclasses
import statistics

from . import machine

ROLES = ["ingest", "submitter", "watcher", "notifier"]
OTHERS = ["labs", "postgres", "rabbitmq", "receiver"]


def spread(values, places=0):
    middle = f"{statistics.median(values):.{places}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{places}f}–{max(values):.{places}f})"


def table(titles, rows):
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def median(runs, value):
    return statistics.median(value(run) for run in runs)


def rates(chosen, counted):
    first = counted[chosen[0].name]
    rows = []
    for kind in chosen:
        runs = counted[kind.name]
        ratio = median(runs, lambda run: run.rate) / median(first, lambda run: run.rate)
        rows.append(
            [
                kind.name,
                spread([run.rate for run in runs]),
                f"{ratio:.2f}",
                spread([run.per_processor_second for run in runs]),
                spread([run.requests_per_job for run in runs], 3),
                spread([run.busy * 100 for run in runs]),
                spread([run.ours * 100 for run in runs]),
                spread([run.disk_wait * 100 for run in runs]),
            ]
        )
    shares = ["machine busy %", "ours %", "waiting for disks %"]
    return table(["run", "jobs/s", "ratio", "jobs per CPU s", "requests a job"] + shares, rows)


def phases(chosen, counted):
    rows = []
    for kind in chosen:
        runs = counted[kind.name]
        moments = ["accepted", "submitted", "fetched", "finished", "called_back"]
        rows.append([kind.name] + [spread([getattr(run, each) for run in runs], 1) for each in moments])
    return table(["seconds to", "accepted", "last submitted", "last counted", "finished", "called back"], rows)


def memory(chosen, counted):
    rows = [
        [kind.name] + [spread([run.peaks[role] for run in counted[kind.name]]) for role in ROLES] for kind in chosen
    ]
    return table(["peak MB"] + ROLES, rows)


def processor(chosen, counted):
    rows = []
    for kind in chosen:
        runs = counted[kind.name]
        rows.append(
            [kind.name]
            + [spread([run.per_thousand(name) for run in runs], 2) for name in ROLES + OTHERS]
            + [spread([run.commits / run.jobs for run in runs], 1)]
            + [spread([run.written_mb * 1000 / run.jobs for run in runs], 1)]
        )
    return table(["CPU s per 1,000 jobs"] + ROLES + OTHERS + ["commits a job", "WAL kB a job"], rows)


def routes(chosen, counted):
    runs = counted[chosen[0].name]
    names = sorted({route for run in runs for route in run.requests})
    rows = [[f"`{name}`", spread([run.requests.get(name, 0) / run.jobs for run in runs], 4)] for name in names]
    return table([f"requests a job, {chosen[0].name}", "count"], rows)


def limits(chosen, counted):
    """A sentence a kind, from what was counted in it alone."""
    lines = []
    for kind in chosen:
        runs = counted[kind.name]
        shares = {name: median(runs, lambda run, name=name: run.share(name)) for name in ROLES + OTHERS}
        busy = median(runs, lambda run: run.busy)
        others = median(runs, lambda run: run.busy - run.ours)
        most = sorted(shares, key=shares.get, reverse=True)[:3]
        who = ", ".join(f"{name} {shares[name] * 100:.0f} %" for name in most)
        if busy > 0.85:
            verdict = f"the processor limits: {machine.CORES} cores {busy * 100:.0f} % busy"
        else:
            verdict = f"waiting limits, not the processor: {machine.CORES} cores only {busy * 100:.0f} % busy"
        strangers = f", {others * 100:.0f} % by others" if others > 0.05 else ""
        lines.append(f"- {kind.name}: {verdict}{strangers}; of our share {who}")
    return "\n".join(lines)


def page(on, chosen, counted, large):
    jobs = counted[chosen[0].name][0].jobs
    runs = len(counted[chosen[0].name])
    parts = [
        f"\n{on}; jobsets of {jobs:,} jobs, {runs} runs of each kind, taking turns: median (least–most)\n",
        "\n".join(f"- {kind.name}: {kind.meaning}" for kind in chosen),
        rates(chosen, counted),
        memory(chosen, counted),
        phases(chosen, counted),
        processor(chosen, counted),
        routes(chosen, counted),
        "What limits the rate:\n\n" + limits(chosen, counted),
    ]
    if large:
        size, seconds, peaks = large
        parts.append(
            f"A document of {size / 1e6:.1f} MB and {jobs:,} jobs, ingest alone: accepted after "
            f"{spread(seconds, 1)} s, ingest's peak memory {spread(peaks)} MB"
        )
    return "\n\n".join(parts)


@dataclasses.dataclass
class Compared:
    """Runs of one size, in turns: of the fleet, of the floor (rate and processor time), of the peer (rate)."""

    fleet: list = dataclasses.field(default_factory=list)
    floor: list = dataclasses.field(default_factory=list)
    peer: list = dataclasses.field(default_factory=list)


def compared(counted):
    rows = []
    for size, runs in counted.items():
        fleet, floor = [run.rate for run in runs.fleet], [rate for rate, _ in runs.floor]
        middle = statistics.median(fleet)
        without_labs = [sum(run.processor.values()) - run.processor["labs"] for run in runs.fleet]
        least = [sum(each for name, each in used.items() if not name.startswith("lab-")) for _, used in runs.floor]
        rows.append(
            [
                f"{size:,}",
                spread(fleet),
                spread(floor),
                f"{middle / statistics.median(floor):.2f}",
                spread(runs.peer),
                f"{middle / statistics.median(runs.peer):.2f}",
                spread([1000 * each / size for each in without_labs], 2),
                spread([1000 * each / size for each in least], 2),
            ]
        )
    titles = ["jobs", "fleet, jobs/s", "floor, jobs/s", "of the floor", "Celery's chord, jobs/s", "times Celery"]
    costs = ["fleet, CPU s per 1,000 jobs without the lab", "floor, likewise"]
    return table(titles + costs, rows)
