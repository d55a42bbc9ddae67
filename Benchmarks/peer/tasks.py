# SPDX-License-Identifier: Apache-2.0
"""Celery's own way to say once that many jobs are done: a chord of tasks that do nothing."""
import os

from celery import Celery

app = Celery("peer", broker=os.environ["PEER_BROKER_URL"], backend=os.environ["PEER_RESULTS_URL"])
app.conf.update(
    task_default_queue="peer",
    # As durable as what it is compared with: nothing is lost with a worker.
    task_acks_late=True,
    worker_prefetch_multiplier=64,
    broker_connection_retry_on_startup=True,
)


@app.task
def job(number):
    return number


@app.task
def finished(numbers):
    return len(numbers)
