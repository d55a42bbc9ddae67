#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a fleet on the servers of deploy/test-cluster, takes some of them away, and checks what became of its jobsets."""
import argparse
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
HOME = pathlib.Path(os.environ["MUSTER_HOME"])
BUILD = pathlib.Path(os.environ["MUSTER_BUILD"])
NODES = ["rabbit1", "rabbit2", "rabbit3"]
WORKERS = [f"{role}-{number}" for role in ["ingest", "submitter", "watcher", "notifier"] for number in (1, 2)]
# How long anything may take that must happen.
LIMIT = 600
# How long the majority of the nodes is down, and how long before a standby is promoted, in seconds.
QUORUM_LOSS, BEFORE_PROMOTION = 30, 5
LINES_A_SECOND = 2


def secret(name):
    return (HOME / "secret" / name).read_text(encoding="ascii").strip()


def port(server, name):
    return re.search(rf"^{name}=(\d+)$", (HOME / server / "ports").read_text(encoding="ascii"), re.MULTILINE)[1]


def wait_for(what, question, limit=LIMIT, pause=0.05):
    """Asks until there is an answer. What goes wrong meanwhile counts as none."""
    deadline, last = time.monotonic() + limit, None
    while time.monotonic() < deadline:
        try:
            answer = question()
            if answer:
                return answer
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            last = error
        time.sleep(pause)
    raise SystemExit(f"test-cluster: waited {limit} s in vain for {what}" + (f": {last}" if last else ""))


def stack(server, *arguments):
    environment = dict(os.environ, MUSTER_HOME=str(HOME / server), RABBIT_NODE=server)
    subprocess.run([HERE / "stack", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)


def rabbitmqctl(node, *arguments):
    command = [HOME / node / "bin" / "rabbitmqctl", "--silent", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


class Database:
    """The server that takes writes at present."""

    primary = "primary"

    @classmethod
    def ask(cls, statement, role="muster", database="muster"):
        password = secret("postgres-password" if role == "muster" else "postgres-admin-password")
        command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", port(cls.primary, "postgres")]
        environment = dict(os.environ, PGPASSWORD=password, PGCONNECT_TIMEOUT="5")
        asked = subprocess.run(
            [*command, "-U", role, "-d", database, "-c", statement],
            env=environment, capture_output=True, text=True, check=True, timeout=60,
        )
        return asked.stdout.strip()

    @classmethod
    def number(cls, statement):
        return int(cls.ask(statement))


class Fleet:
    """Two of each worker, two labs, and a receiver of callbacks."""

    def __init__(self):
        self.processes = {}
        self.received = HOME / "receiver.jsonl"
        self.config = HOME / "muster.yaml"
        amqp = ",".join(f"127.0.0.1:{port(node, 'amqp')}" for node in NODES)
        databases = ",".join(f"127.0.0.1:{port(server, 'postgres')}" for server in ["primary", "standby"])
        self.labs = {name: self.start_lab(name) for name in ["lab-a", "lab-b"]}
        self.receiver = self.start_receiver()
        lines = [
            f"broker: {{url: 'amqp://muster:{secret('rabbitmq-password')}@{amqp}'}}",
            f"database: {{url: 'postgres://muster:{secret('postgres-password')}@{databases}/muster"
            "?target_session_attrs=read-write&sslmode=disable'}",
            "callback: {allowed_networks: ['127.0.0.0/8']}",
            "backends:",
        ] + [f"  {name}: {{url: '{url}', user: admin, token: cluster}}" for name, url in self.labs.items()]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.config.chmod(0o600)
        self.muster("migrate")
        for name in WORKERS:
            self.start(name, [BUILD / f"muster-{name[:-2]}", "--config", self.config])

    def start(self, name, command, **options):
        log = open(self.log(name), "ab")
        self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **options)

    @staticmethod
    def log(name):
        return HOME / "log" / f"{name}.log"

    def start_lab(self, name):
        self.start(
            name,
            [BUILD / "muster-labsim", "--port", "0", "--token", "admin=cluster", "--devices", "sim=10", "--run-time-ms", "1000"],
        )
        return wait_for(f"{name} to listen", lambda: re.findall(r"http://[\d.:]+", self.log(name).read_text()))[0]

    def start_receiver(self):
        """On a port of its own, which it is asked for."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            number = probe.getsockname()[1]
        self.start("receiver", [sys.executable, "-u", HERE / "receiver.py", "--port", str(number), "--out", self.received])
        return f"http://127.0.0.1:{number}/"

    def muster(self, *arguments):
        command = [BUILD / "muster", *arguments, "--config", self.config]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        if ran.returncode != 0:
            raise SystemExit(f"test-cluster: muster {' '.join(map(str, arguments))} ended with {ran.returncode}: {ran.stderr}")
        return ran.stdout.strip()

    def submit(self, version, jobs):
        definition = "device_type: sim\njob_name: j\ntimeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}\n"
        definition += "visibility: public\nmetadata: {sim.pass: 5}\nactions:\n- boot: {method: qemu, media: tmpfs}\n"
        document = {
            "build": f"/cluster/test/{version}",
            "callback_url": self.receiver + version,
            "jobs": [
                {"environment": f"env-{number % 10}", "backend": f"lab-{'ab'[number % 2]}", "definition": definition}
                for number in range(jobs)
            ],
        }
        file = HOME / f"{version}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return self.muster("submit", str(file)).splitlines()[-1]

    def callbacks(self, version):
        if not self.received.exists():
            return 0
        lines = self.received.read_text(encoding="utf-8").splitlines()
        return sum(json.loads(line).get("path") == f"/{version}" for line in lines if line.endswith("}"))

    def lines(self):
        return {name: self.log(name).read_bytes().count(b"\n") for name in WORKERS}

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for name, process in self.processes.items():
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                print(f"test-cluster: {name} did not end within 60 s of SIGTERM")
                process.kill()


def ended(jobset):
    return Database.number(f"select total - pending from jobset where id = '{jobset}'")


# What is taken away: functions that prepare it, since the broker's own tool needs seconds, and return what does it. That
# returns what it was, and the moment at which all that is needed was there again.


def kill(node):
    """As `deploy/stack stop rabbitmq --immediate` does it, which takes longer to say so."""
    os.kill(int((HOME / node / "run" / "rabbitmq.pid").read_text(encoding="ascii").split()[0]), signal.SIGKILL)


def kill_leader():
    leaders = rabbitmqctl(NODES[0], "list_queues", "leader").split()
    node = max(NODES, key=lambda name: leaders.count(f"{name}@localhost"))

    def take():
        kill(node)
        threading.Timer(10, stack, [node, "start", "rabbitmq"]).start()
        return f"{node}, which led {leaders.count(f'{node}@localhost')} of {len(leaders)} queues", time.monotonic()

    return take


def lose_quorum():
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


def promote_standby():
    home = pathlib.Path((HOME / "primary" / "postgres.path").read_text(encoding="utf-8").strip())
    number = int((home / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def take():
        os.kill(number, signal.SIGKILL)
        time.sleep(BEFORE_PROMOTION)
        Database.primary = "standby"
        for statement in [
            "select pg_promote()", "alter system reset synchronous_standby_names", "select pg_reload_conf()",
        ]:
            Database.ask(statement, role="postgres", database="postgres")
        return "the primary of PostgreSQL; the standby was promoted", time.monotonic()

    return take


def run(fleet, version, prepare, jobs):
    """A jobset, in whose middle something is taken away; returns what went wrong."""
    take = prepare()
    jobset = fleet.submit(version, jobs)
    wait_for(f"a fifth of {version} to end", lambda: ended(jobset) >= jobs // 5)
    lines, began = fleet.lines(), time.monotonic()
    what, back = take()
    before = wait_for("the counter to be readable", lambda: [ended(jobset)])[0]
    if before < jobs:
        wait_for(f"{version} to continue", lambda: ended(jobset) > before)
    stopped = time.monotonic() - back
    wait_for(f"{version} to finish", lambda: ended(jobset) == jobs)
    wait_for(f"the callback of {version}", lambda: fleet.callbacks(version) > 0)
    took = time.monotonic() - began
    noisy = {
        name: round((after - lines[name]) / took, 2)
        for name, after in fleet.lines().items() if after - lines[name] > LINES_A_SECOND * took
    }
    print(
        f"test-cluster: {version}: lost {what}, with {before} of {jobs} jobs ended when it was back; jobs ended again after"
        f" {stopped:.1f} s, all after {took:.1f} s", flush=True,
    )
    return [f"{version}: {name} wrote {rate} lines of log a second" for name, rate in noisy.items()]


def judge(fleet, versions, jobs):
    """What is wrong with what was stored, sent to labs, and called back."""
    wrong = []

    def expect(what, found, wanted):
        if found != wanted:
            wrong.append(f"{what}: {found}, not {wanted}")

    expect("jobsets that finished", Database.number("select count(*) from jobset where state = 'finished' and pending = 0"), len(versions))
    expect("jobs that are complete", Database.number("select count(*) from job where outcome = 'complete'"), jobs * len(versions))
    expect("jobs with more than one attempt", Database.number("select count(*) from (select from attempt group by job_id having count(*) > 1) more"), 0)
    expect("tests of complete jobs", Database.number("select sum(tests_pass) from job"), 5 * jobs * len(versions))
    surplus = Database.number("select count(*) from surplus_lab_job")
    made = 0
    for name, url in fleet.labs.items():
        command = ["curl", "-sS", "--max-time", "60", "-H", "Authorization: Token cluster", f"{url}/api/v0.2/jobs/?limit=1"]
        made += json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["count"]
    expect("jobs in the labs, less surplus ones that were canceled", made - surplus, jobs * len(versions))
    for version in versions:
        expect(f"callbacks of {version}", fleet.callbacks(version), 1)
    for name, process in fleet.processes.items():
        if process.poll() is not None:
            wrong.append(f"{name} has ended with status {process.returncode}")
    print(f"test-cluster: {made} jobs in the labs, {surplus} of them surplus", flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=500)
    jobs = parser.parse_args().jobs
    fleet = Fleet()
    takes = {"leader": kill_leader, "quorum": lose_quorum, "primary": promote_standby}
    try:
        wrong = [each for version, prepare in takes.items() for each in run(fleet, version, prepare, jobs)]
        wrong += judge(fleet, list(takes), jobs)
    finally:
        fleet.stop()
    for each in wrong:
        print(f"test-cluster: WRONG: {each}")
    print(f"test-cluster: {len(takes)} passed, 0 failed" if not wrong else f"test-cluster: {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
