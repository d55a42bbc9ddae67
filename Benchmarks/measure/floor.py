# SPDX-License-Identifier: Apache-2.0
"""The floor: a small C program that carries as many jobs through the same servers and the same simulated lab, and does
nothing but what carries a job (Benchmarks/floor)."""
import os
import resource
import subprocess
import time

from . import machine
from .fleet import CHECKOUT, Failure
from .packages import install

SOURCES = CHECKOUT / "Benchmarks" / "floor"
# The servers and the labs alone.
NO_WORKERS = {name: "0" for name in ("INGESTS", "SUBMITTERS", "WATCHERS", "NOTIFIERS", "GATEWAYS")}


def build(home):
    install(home, "libjansson-dev")
    program = home / "floor"
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-I", "/usr/include/postgresql", "-o", str(program)]
    command += [str(file) for file in sorted(SOURCES.glob("*.c"))]
    subprocess.run(command + ["-lrabbitmq", "-lpq", "-lcurl", "-ljansson"], check=True)
    return program


def _children():
    """Processor time of the programs that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _settings(fleet):
    def secret(name):
        return (fleet.home / "secret" / name).read_text(encoding="ascii").strip()

    return {
        **os.environ,
        "FLOOR_BROKER_URL": secret("broker-url"),
        "FLOOR_DATABASE_URL": secret("database-url"),
        "FLOOR_LAB_URL": f"http://127.0.0.1:{fleet.port('lab-a')}",
        "FLOOR_LAB_TOKEN": secret("lab-a-token"),
    }


def run(fleet, program, jobs, limit):
    """Seconds from the first row to the last job's end, and the processor time of each part."""
    settings = _settings(fleet)
    subprocess.run([program, "prepare"], env=settings, check=True, stderr=subprocess.DEVNULL)
    submitter = subprocess.Popen([program, "submit"], env=settings)
    watcher = subprocess.Popen([program, "watch"], env=settings)
    try:
        pids = fleet.pids()
        before = {name: machine.processor_seconds(pid) for name, pid in pids.items()}
        ended = _children()
        began = time.monotonic()
        subprocess.run([program, "fill", str(jobs)], env=settings, check=True, timeout=limit)
        if watcher.wait(timeout=limit) != 0:
            raise Failure("the floor's watcher failed")
        took = time.monotonic() - began
        processor = {name: machine.processor_seconds(pid) - before[name] for name, pid in pids.items()}
        processor["floor"] = _children() - ended + machine.processor_seconds(submitter.pid)
    finally:
        for process in (submitter, watcher):
            process.kill()
            process.wait()
    results = int(fleet.sql("select count(*) from floor.result where status = 'pass' and suite = 'smoke'"))
    if int(fleet.sql("select count(*) from floor.job where state = 'finished'")) != jobs or results < 4 * jobs:
        raise Failure("the floor did not carry all jobs")
    return jobs / took, processor
