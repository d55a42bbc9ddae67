# SPDX-License-Identifier: Apache-2.0
"""The peer: Celery's chord over the same RabbitMQ, with Redis for its results, two workers, and tasks that do nothing."""
import contextlib
import os
import socket
import subprocess
import sys
import time

from .fleet import CHECKOUT, Failure
from .packages import install

SOURCES = CHECKOUT / "Benchmarks" / "peer"
REQUIREMENTS = ["celery==5.4.0", "redis==5.2.1"]
WORKERS = 2


def build(home):
    """The Python of an environment that has Celery."""
    install(home, "redis-server", "python3-venv")
    python = home / "peer" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home / "peer"], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(pip + REQUIREMENTS, check=True)
    return python


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _processes():
    started = []
    try:
        yield started
    finally:
        for process in reversed(started):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()
            process.wait()


def run(fleet, python, jobs, limit):
    """Jobs a second from the chord's start to its callback."""
    port = _free_port()
    broker = (fleet.home / "secret" / "broker-url").read_text(encoding="ascii").strip()
    environment = {
        **os.environ, "PEER_BROKER_URL": broker, "PEER_RESULTS_URL": f"redis://127.0.0.1:{port}/0",
        # A root that starts a worker is warned at length.
        "C_FORCE_ROOT": "yes", "PYTHONPATH": str(SOURCES), "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = open(fleet.home / "log" / "peer.log", "ab")
    with log, _processes() as started:
        redis = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        started.append(subprocess.Popen(redis, stdout=log, stderr=log))
        for number in range(WORKERS):
            worker = [python, "-m", "celery", "-A", "tasks", "worker", "--pool", "solo", "-n", f"peer-{number}"]
            started.append(subprocess.Popen(worker + ["-l", "WARNING"], env=environment, stdout=log, stderr=log))
        deadline = time.monotonic() + 60
        while True:
            ping = [python, "-m", "celery", "-A", "tasks", "inspect", "ping", "--timeout", "2"]
            seen = subprocess.run(ping, env=environment, capture_output=True, text=True, check=False)
            if seen.stdout.count("pong") >= WORKERS:
                break
            if time.monotonic() > deadline:
                raise Failure(f"Celery's workers did not come up; see {fleet.home}/log/peer.log")
        done = subprocess.run(
            [python, SOURCES / "chord.py", str(jobs)],
            env=environment, capture_output=True, text=True, check=False, timeout=limit,
        )
        if done.returncode != 0:
            raise Failure(f"the peer failed: {done.stderr.strip()[-500:]}")
        return jobs / float(done.stdout.split()[-1])
