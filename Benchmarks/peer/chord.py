# SPDX-License-Identifier: Apache-2.0
"""chord.py JOBS: prints the seconds from the chord's start to its callback's result."""
import sys
import time

from celery import chord
from tasks import finished, job

jobs = int(sys.argv[1])
began = time.monotonic()
result = chord(job.s(number) for number in range(jobs))(finished.s())
if result.get(timeout=900) != jobs:
    sys.exit("peer: the chord lost jobs")
print(time.monotonic() - began)
