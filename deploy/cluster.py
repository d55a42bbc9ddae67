#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a fleet on the servers of deploy/test-cluster, takes some of them away, and checks what became of its jobsets."""
import argparse
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

from trial import HERE, HOME, LIMIT, ROLES, Database, Fleet, conclude, port, say, secret, wait_for

NODES = ["rabbit1", "rabbit2", "rabbit3"]
DATABASES = ["primary", "standby"]
WORKERS = {f"{role}-{number}": role for role in ROLES for number in (1, 2)}
# How long the majority of the nodes is down, and how long before a standby is promoted, in seconds.
QUORUM_LOSS, BEFORE_PROMOTION = 30, 5
LINES_A_SECOND = 2


def stack(server, *arguments):
    environment = dict(os.environ, MUSTER_HOME=str(HOME / server), RABBIT_NODE=server)
    subprocess.run([HERE / "stack", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)


def rabbitmqctl(node, *arguments):
    command = [HOME / node / "bin" / "rabbitmqctl", "--silent", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def make_fleet():
    amqp = ",".join(f"127.0.0.1:{port('amqp', node)}" for node in NODES)
    databases = ",".join(f"127.0.0.1:{port('postgres', server)}" for server in DATABASES)
    fleet = Fleet(
        Database("primary"),
        f"amqp://muster:{secret('rabbitmq-password')}@{amqp}",
        f"postgres://muster:{secret('postgres-password')}@{databases}/muster?target_session_attrs=read-write&sslmode=disable",
    )
    fleet.muster("migrate")
    for name, role in WORKERS.items():
        fleet.start_worker(role, name)
    return fleet


# What is taken away: functions that prepare it, since the broker's own tool needs seconds, and return what does it. That
# returns what it was, and the moment at which all that is needed was there again.


def kill(node):
    """As `deploy/stack stop rabbitmq --immediate` does it, which takes longer to say so."""
    os.kill(int((HOME / node / "run" / "rabbitmq.pid").read_text(encoding="ascii").split()[0]), signal.SIGKILL)


def kill_leader(_):
    leaders = rabbitmqctl(NODES[0], "list_queues", "leader").split()
    node = max(NODES, key=lambda name: leaders.count(f"{name}@localhost"))

    def take():
        kill(node)
        threading.Timer(10, stack, [node, "start", "rabbitmq"]).start()
        return f"{node}, which led {leaders.count(f'{node}@localhost')} of {len(leaders)} queues", time.monotonic()

    return take


def lose_quorum(_):
    wait_for("all nodes to run", lambda: rabbitmqctl(NODES[0], "cluster_status").count("@localhost") >= 2 * len(NODES))

    def take():
        for node in NODES[1:]:
            kill(node)
        time.sleep(QUORUM_LOSS)
        # The first of them makes a majority again.
        is_back = threading.Event()

        def start(node):
            stack(node, "start", "rabbitmq")
            is_back.set()

        for node in NODES[1:]:
            threading.Thread(target=start, args=[node]).start()
        is_back.wait(LIMIT)
        return "two of three nodes", time.monotonic()

    return take


def promote_standby(fleet):
    home = pathlib.Path((HOME / "primary" / "postgres.path").read_text(encoding="utf-8").strip())
    number = int((home / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def take():
        os.kill(number, signal.SIGKILL)
        time.sleep(BEFORE_PROMOTION)
        fleet.database = Database("standby")
        for statement in [
            "select pg_promote()", "alter system reset synchronous_standby_names", "select pg_reload_conf()",
        ]:
            fleet.database.ask(statement, role="postgres", database="postgres")
        return "the primary of PostgreSQL; the standby was promoted", time.monotonic()

    return take


def run(fleet, version, prepare, jobs):
    """A jobset, in whose middle something is taken away; returns what went wrong."""
    take = prepare(fleet)
    jobset = fleet.submit(version, jobs)
    wait_for(f"a fifth of {version} to end", lambda: fleet.ended(jobset) >= jobs // 5)
    lines, began = fleet.lines(WORKERS), time.monotonic()
    what, back = take()
    before = wait_for("the counter to be readable", lambda: [fleet.ended(jobset)])[0]
    if before < jobs:
        wait_for(f"{version} to continue", lambda: fleet.ended(jobset) > before)
    stopped = time.monotonic() - back
    fleet.finish(version, jobset, jobs)
    took = time.monotonic() - began
    noisy = {
        name: round((after - lines[name]) / took, 2)
        for name, after in fleet.lines(WORKERS).items() if after - lines[name] > LINES_A_SECOND * took
    }
    say(
        f"{version}: lost {what}, with {before} of {jobs} jobs ended when it was back; jobs ended again after"
        f" {stopped:.1f} s, all after {took:.1f} s"
    )
    return [f"{version}: {name} wrote {rate} lines of log a second" for name, rate in noisy.items()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=500)
    jobs = parser.parse_args().jobs
    fleet = make_fleet()
    takes = {"leader": kill_leader, "quorum": lose_quorum, "primary": promote_standby}
    wrong = [each for version, prepare in takes.items() for each in run(fleet, version, prepare, jobs)]
    wrong += fleet.judge(list(takes), jobs)
    return conclude(len(takes), wrong)


if __name__ == "__main__":
    sys.exit(main())
