# SPDX-License-Identifier: Apache-2.0
"""Jobset documents to measure with."""
import json
import time

DEFINITION = """\
device_type: sim
job_name: benchmark {number}
visibility: public
priority: medium
timeouts: {{job: {{minutes: 5}}, action: {{minutes: 5}}, connection: {{minutes: 1}}}}
metadata: {{sim.run_ms: {run_ms}, sim.suite: smoke, {cases}}}
actions:
- boot: {{method: qemu, media: tmpfs}}
"""
STEP = """\
- test: {{timeout: {{minutes: 5}}, definitions: [{{from: inline, repository: {{}}, name: step-{step}-of-{number}, path: step.yaml}}]}}
"""


def definition(number, size, run_ms=0, cases=None):
    """A job of four passing tests, or of `cases`; its list of actions is filled up to about `size` bytes."""
    text = DEFINITION.format(number=number, run_ms=run_ms, cases=f"sim.cases: {cases}" if cases else "sim.pass: 4")
    step = 0
    while True:
        more = STEP.format(step=step, number=number)
        if len(text) + len(more) > size:
            return text
        text += more
        step += 1


def write_jobset(path, jobs, labs, callback, size=0, run_ms=0):
    """A document of `jobs` jobs spread over `labs`; returns its bytes."""
    entries = [
        {
            "environment": f"board-{number % 50}",
            "backend": labs[number % len(labs)],
            "definition": definition(number, size, run_ms),
        }
        for number in range(jobs)
    ]
    return _write(path, callback, entries)


def write_single(path, lab, callback, text):
    """A document of one job with this definition."""
    return _write(path, callback, [{"environment": "board", "backend": lab, "definition": text}])


def _write(path, callback, jobs):
    document = {"build": f"/benchmarks/muster/{time.time_ns()}", "callback_url": callback, "jobs": jobs}
    body = json.dumps(document).encode()
    path.write_bytes(body)
    return len(body)
