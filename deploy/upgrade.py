#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Moves the fleet of deploy/test-upgrade from the last release to this version and back, and checks what became of its jobsets."""
import argparse
import json
import os
import pathlib
import sys

from trial import BUILD, ROLES, Database, Fleet, conclude, port, say, secret, wait_for

RELEASE = pathlib.Path(os.environ["MUSTER_RELEASE"])
# The status with which a worker ends that the schema no longer suits.
UNSUITABLE = 78


class Upgrade:
    """Two kinds of workers, "old" and "new", named after the kind and their number."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.wrong = []
        self.started = 0

    def start(self, kind):
        """One more worker of each role."""
        self.fleet.build = {"old": RELEASE, "new": BUILD}[kind]
        for role in ROLES:
            self.started += 1
            name = f"{kind}-{self.started}-{role}"
            self.fleet.start_worker(role, name)
            wait_for(f"{name} to start", lambda: " starting " in self.fleet.log(name).read_text(errors="replace"))

    def names(self, kind):
        return [name for name in self.fleet.processes if name.startswith(f"{kind}-")]

    def end(self, kind):
        for name in self.names(kind):
            status = self.fleet.end(name)
            if status != 0:
                self.wrong.append(f"{name} ended with status {status} when it was told to stop")

    def kill(self, kind):
        for name in self.names(kind):
            process = self.fleet.processes.pop(name)
            process.kill()
            process.wait()

    def migrate(self, *options):
        self.fleet.build = BUILD
        done = json.loads(self.fleet.muster("migrate", "--output", "json", *options))
        say(f"from schema version {done['before']} to {done['after']}, contracted {done['contracted']}")
        return done

    def expect_leaving(self, kind):
        """Workers that end by themselves, and do not start again."""
        for name in self.names(kind):
            process = self.fleet.processes[name]
            status = wait_for(f"{name} to leave", lambda: [process.poll()] if process.poll() is not None else None)[0]
            del self.fleet.processes[name]
            if status != UNSUITABLE:
                self.wrong.append(f"{name} ended with status {status}, not {UNSUITABLE}, on a schema that does not suit it")


# Each is done in the middle of a jobset.


def upgrade_beside(it):
    """The schema is upgraded under workers of the release; some of them die and start again; new ones join."""
    it.migrate()
    it.kill("old")
    it.start("old")
    it.start("new")


def leave_old(it):
    """The workers of the release end; the new ones do all."""
    it.end("old")


def go_back(it):
    """The new version turned out to be bad: workers of the release start again, and the new ones end."""
    it.start("old")
    it.end("new")


def contract(it):
    """The new workers start again, and what only the release uses is removed before its last workers have ended."""
    it.start("new")
    if it.migrate("--contract")["contracted"]:
        it.expect_leaving("old")
    else:
        it.end("old")


STEPS = {"beside": upgrade_beside, "new-only": leave_old, "back": go_back, "contracted": contract}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=500)
    jobs = parser.parse_args().jobs
    database = f"postgres://muster:{secret('postgres-password')}@127.0.0.1:{port('postgres')}/muster?sslmode=disable"
    fleet = Fleet(Database(), f"amqp://muster:{secret('rabbitmq-password')}@127.0.0.1:{port('amqp')}", database)
    it = Upgrade(fleet)
    fleet.build = RELEASE
    say("; ".join(fleet.muster("migrate").splitlines()))
    before = fleet.database.number("select max(version) from schema_migration")
    it.start("old")
    it.start("old")
    for version, step in STEPS.items():
        jobset = fleet.submit(version, jobs)
        wait_for(f"a fifth of {version} to end", lambda: fleet.ended(jobset) >= jobs // 5)
        step(it)
        at_step = fleet.ended(jobset)
        fleet.finish(version, jobset, jobs)
        say(f"{version}: {at_step} of {jobs} jobs had ended when it was done: {' '.join(step.__doc__.split())}")
    if fleet.database.number("select max(version) from schema_migration") == before:
        say(f"this version has the schema of the release, {before}: only programs were upgraded")
    wrong = it.wrong + fleet.judge(list(STEPS), jobs)
    return conclude(len(STEPS), wrong)


if __name__ == "__main__":
    sys.exit(main())
