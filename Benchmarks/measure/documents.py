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
metadata: {{sim.run_ms: 0, sim.suite: smoke, sim.pass: 4}}
actions:
- boot: {{method: qemu, media: tmpfs}}
"""
STEP = """\
- test: {{timeout: {{minutes: 5}}, definitions: [{{from: inline, name: step-{step}-of-{number}, path: step.yaml}}]}}
"""


def definition(number, size):
    """A job of four passing tests and no run time, its list of actions filled up to about `size` bytes."""
    text = DEFINITION.format(number=number)
    step = 0
    while True:
        more = STEP.format(step=step, number=number)
        if len(text) + len(more) > size:
            return text
        text += more
        step += 1


def write_jobset(path, jobs, labs, callback, size=0):
    """A document of `jobs` jobs spread over `labs`; returns its bytes."""
    document = {
        "build": f"/benchmarks/muster/{time.time_ns()}",
        "callback_url": callback,
        "jobs": [
            {
                "environment": f"board-{number % 50}",
                "backend": labs[number % len(labs)],
                "definition": definition(number, size),
            }
            for number in range(jobs)
        ],
    }
    body = json.dumps(document).encode()
    path.write_bytes(body)
    return len(body)
