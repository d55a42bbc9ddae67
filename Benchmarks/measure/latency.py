# SPDX-License-Identifier: Apache-2.0
"""How long after the lab said that a jobset's last job had finished its callback was on the receiver's desk."""
import dataclasses
import time

from . import documents
from .events import Listener
from .fleet import Failure

# When the watcher knew of the end, and when the jobset's counter reached zero, by PostgreSQL's clock (the machine's).
JOBS = """
select lab_job.number, jobset.id, extract(epoch from lab_job.announced_at), extract(epoch from jobset.finished_at)
from lab_job join attempt on attempt.id = attempt_id join job on job.id = job_id join jobset on jobset.id = jobset_id
"""


@dataclasses.dataclass(frozen=True)
class Mode:
    name: str
    meaning: str
    lab: str
    has_events: bool

    def environment(self):
        """A stream that nobody serves leaves the polls, at their default interval."""
        name = f"MUSTER_BACKENDS_{self.lab.upper().replace('-', '_')}_EVENTS_URL"
        return {} if self.has_events else {name: "ws://127.0.0.1:9/ws/"}


MODES = [
    Mode("simulator, events", "the simulated lab, its events followed", "lab-a", True),
    Mode("simulator, polls", "the same, polls alone (every 2 s, the default)", "lab-a", False),
    Mode("LAVA, events", "a LAVA 2023.01 on this machine, its events followed", "lava", True),
    Mode("LAVA, polls", "the same, polls alone", "lava", False),
]


@dataclasses.dataclass
class Taken:
    """Seconds from the lab's event: until the watcher noted it, until the counter was at zero, until the callback."""

    noted: list
    counted: list
    seconds: list
    # How long the lab takes to answer the one request for a job's results, asked by a stranger in between.
    answers: list
    requests_per_job: float


def run(fleet, mode, jobsets, pace, limit):
    """`jobsets` jobsets of one job, one begun every `pace` seconds."""
    listener = Listener(fleet.events_url(mode.lab))
    before = fleet.requests_to(mode.lab)
    file = fleet.home / "benchmark.json"
    begin = time.monotonic()
    answers = []
    for number in range(jobsets):
        definition = fleet.lava_sample("pass") if mode.lab == "lava" else documents.definition(number, 0, run_ms=300)
        documents.write_single(file, mode.lab, fleet.callback, definition)
        fleet.submit(file)
        if listener.finished:
            answers.append(fleet.time_of_results(mode.lab, next(reversed(listener.finished))))
        time.sleep(max(0.0, begin + (number + 1) * pace - time.monotonic()))
    came = fleet.wait_for_callbacks(jobsets, limit)
    answers.append(fleet.time_of_results(mode.lab, next(reversed(listener.finished))))
    listener.close()
    noted, counted, seconds = [], [], []
    for row in fleet.sql(JOBS).splitlines():
        number, jobset, announced, finished = row.split("|")
        told = listener.finished.get(int(number))
        if told is None:
            raise Failure(f"the lab never said that its job {number} finished")
        noted.append(float(announced) - told)
        counted.append(float(finished) - told)
        seconds.append(came[jobset] - told)
    if len(seconds) != jobsets:
        raise Failure(f"{len(seconds)} lab jobs of {jobsets} jobsets")
    asked = fleet.requests_to(mode.lab) - before - len(answers)
    return Taken(noted, counted, seconds, answers, asked / jobsets)
