# SPDX-License-Identifier: Apache-2.0
"""One jobset through a new fleet, from publish to callback, and all that was counted on the way."""
import dataclasses
import time

from . import documents, machine
from .fleet import Failure

# Seconds since publish, as PostgreSQL's own clock (the machine's) says.
PHASES = """
select round(extract(epoch from jobset.created_at), 3), round(extract(epoch from max(attempt.submitted_at)), 3),
    round(extract(epoch from max(lab_job.fetched_at)), 3), round(extract(epoch from jobset.finished_at), 3),
    jobset.verdict, count(*)
from jobset join job on job.jobset_id = jobset.id join attempt on attempt.job_id = job.id
    join lab_job on lab_job.attempt_id = attempt.id
where jobset.id = '{jobset}' group by jobset.id
"""


@dataclasses.dataclass
class Counted:
    """What one run counted; times are seconds since the document was published."""

    jobs: int
    accepted: float
    submitted: float
    fetched: float
    finished: float
    called_back: float
    requests: dict
    peaks: dict
    processor: dict
    busy: float
    disk_wait: float
    written_mb: float
    commits: int

    @property
    def rate(self):
        return self.jobs / self.called_back

    @property
    def requests_per_job(self):
        return sum(self.requests.values()) / self.jobs

    def per_thousand(self, name):
        return self.processor[name] * 1000 / self.jobs

    def share(self, name):
        return self.processor[name] / sum(self.processor.values())

    @property
    def per_processor_second(self):
        """Jobs for each second of processor time of all that took part: other load changes it least."""
        return self.jobs / sum(self.processor.values())

    @property
    def ours(self):
        """The share of the machine that the fleet, its servers and its labs took."""
        return sum(self.processor.values()) / (self.called_back * machine.CORES)


def _database(fleet):
    text = fleet.sql("select wal_bytes, xact_commit from pg_stat_wal, pg_stat_database where datname = 'muster'")
    return [int(each) for each in text.split("|")]


def _by_kind(values, combine):
    """submitter-1 and submitter-2 become submitter, lab-a and lab-b labs."""
    kinds = {}
    for name, value in values.items():
        kind = "labs" if name.startswith("lab-") else name.rpartition("-")[0] or name
        kinds.setdefault(kind, []).append(value)
    return {kind: combine(each) for kind, each in kinds.items()}


def submit_alone(fleet, document):
    """Seconds from publish to ingest's answer."""
    published = time.monotonic()
    fleet.submit(document)
    return time.monotonic() - published


def run(fleet, jobs, labs, size, limit):
    document = fleet.home / "benchmark.json"
    documents.write_jobset(document, jobs, labs, fleet.callback, size)
    pids = fleet.pids()
    wal, commits = _database(fleet)
    processor = {name: machine.processor_seconds(pid) for name, pid in pids.items()}
    busy, disk = machine.machine_seconds()
    published = time.time()
    jobset = fleet.submit(document)
    accepted = time.time() - published
    callback = fleet.wait_for_callback(limit)
    took = callback["time"] - published
    busy_after, disk_after = machine.machine_seconds()
    processor = {name: machine.processor_seconds(pid) - processor[name] for name, pid in pids.items()}
    peaks = {name: machine.peak_megabytes(pid) for name, pid in pids.items()}
    requests = fleet.lab_requests()
    _, submitted, fetched, finished, verdict, seen = fleet.sql(PHASES.format(jobset=jobset)).split("|")
    if (verdict, int(seen)) != ("passed", jobs) or callback["signature"] != "valid":
        raise Failure(f"not a run to measure by: {verdict}, {seen} lab jobs, signature {callback['signature']}")
    time.sleep(1.2)  # PostgreSQL's backends report their statistics once a second
    wal_after, commits_after = _database(fleet)
    return Counted(
        jobs=jobs,
        accepted=accepted,
        submitted=float(submitted) - published,
        fetched=float(fetched) - published,
        finished=float(finished) - published,
        called_back=took,
        requests=requests,
        peaks=_by_kind(peaks, max),
        processor=_by_kind(processor, sum),
        busy=(busy_after - busy) / (took * machine.CORES),
        disk_wait=(disk_after - disk) / (took * machine.CORES),
        written_mb=(wal_after - wal) / 1e6,
        commits=commits_after - commits,
    )
