# SPDX-License-Identifier: Apache-2.0
"""How long after an outage everything that happened in it has been noticed and called back."""
import json
import time
import urllib.request

from . import documents

SECONDS = 11  # as long as the outage after which SQUAD took 20 minutes
JOBSETS = 20
RUN_MS = 6000
BOARDS = {"LAB_OPTIONS": f"--devices sim={JOBSETS}"}


def _order(fleet, path, order):
    request = urllib.request.Request(
        f"http://127.0.0.1:{fleet.port('lab-a')}/simulator/{path}", data=json.dumps(order).encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()


def _lab(fleet):
    began = time.monotonic()
    try:
        _order(fleet, "restart", {"down_ms": SECONDS * 1000, "keep": True})
    except OSError:
        pass  # cut before its answer: it has restarted all the same
    time.sleep(max(0.0, began + SECONDS - time.monotonic()))


def _stream(fleet):
    _order(fleet, "streams", {"cut": True, "refuse_ms": SECONDS * 1000})
    time.sleep(SECONDS)


def _server(name):
    def outage(fleet):
        fleet.script("stack", "stop", name)
        time.sleep(SECONDS)
        fleet.script("stack", "start", name)

    return outage


ALL = {
    "the lab's server": _lab,
    "its event stream": _stream,
    "RabbitMQ": _server("rabbitmq"),
    "PostgreSQL": _server("postgres"),
}


def run(fleet, name, limit):
    """Seconds from the end of the outage to each jobset's callback; all of their jobs ended in it."""
    file = fleet.home / "benchmark.json"
    for number in range(JOBSETS):
        documents.write_single(file, "lab-a", fleet.callback, documents.definition(number, 0, run_ms=RUN_MS))
        fleet.submit(file)
    ALL[name](fleet)
    over = time.time()
    came = fleet.wait_for_callbacks(JOBSETS, limit)
    return [max(0.0, each - over) for each in came.values()]
