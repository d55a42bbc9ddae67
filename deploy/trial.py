# SPDX-License-Identifier: Apache-2.0
"""A fleet for a trial, such as deploy/test-cluster: real workers, two simulated labs, and a receiver of callbacks.

Its servers keep what they need in folders of $MUSTER_HOME, as deploy/stack makes them.
"""
import atexit
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
HOME = pathlib.Path(os.environ["MUSTER_HOME"])
BUILD = pathlib.Path(os.environ["MUSTER_BUILD"])
ROLES = ["ingest", "submitter", "watcher", "notifier"]
LABS = ["lab-a", "lab-b"]
# How long anything may take that must happen, in seconds.
LIMIT = 600
TRIAL = pathlib.Path(sys.argv[0]).stem
# What the caller has set is about another fleet, and would go before the configuration.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}


def say(text):
    print(f"test-{TRIAL}: {text}", flush=True)


def secret(name, server="."):
    return (HOME / server / "secret" / name).read_text(encoding="ascii").strip()


def port(name, server="."):
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
    raise SystemExit(f"test-{TRIAL}: waited {limit} s in vain for {what}" + (f": {last}" if last else ""))


class Database:
    """A server of PostgreSQL, in the folder of this name."""

    def __init__(self, server="."):
        self.server = server

    def ask(self, statement, role="muster", database="muster"):
        password = secret("postgres-password" if role == "muster" else "postgres-admin-password", self.server)
        number = port("postgres", self.server)
        command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", number]
        environment = dict(os.environ, PGPASSWORD=password, PGCONNECT_TIMEOUT="5")
        asked = subprocess.run(
            [*command, "-U", role, "-d", database, "-c", statement],
            env=environment, capture_output=True, text=True, check=True, timeout=60,
        )
        return asked.stdout.strip()

    def number(self, statement):
        return int(self.ask(statement))


class Fleet:
    """The processes of the trial, by name, and the database, which may be another one later.

    Each process is of the build that it is started from, at first the one in $MUSTER_BUILD. All are stopped when the trial ends,
    however it does.
    """

    def __init__(self, database, broker_url, database_url):
        self.database = database
        self.processes = {}
        atexit.register(self.stop)
        self.build = BUILD
        self.received = HOME / "receiver.jsonl"
        self.config = HOME / "muster.yaml"
        self.labs = {name: self.start_lab(name) for name in LABS}
        self.receiver = self.start_receiver()
        lines = [
            f"broker: {{url: '{broker_url}'}}",
            f"database: {{url: '{database_url}', schema_check_interval_seconds: 1}}",
            "callback: {allowed_networks: ['127.0.0.0/8']}",
            "backends:",
        ] + [f"  {name}: {{url: '{url}', user: admin, token: trial}}" for name, url in self.labs.items()]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.config.chmod(0o600)

    def start(self, name, command):
        log = open(self.log(name), "ab")
        self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=ENVIRONMENT)

    def start_worker(self, role, name):
        self.start(name, [self.build / f"muster-{role}", "--config", self.config])

    @staticmethod
    def log(name):
        return HOME / "log" / f"{name}.log"

    def start_lab(self, name):
        self.start(
            name,
            [self.build / "muster-labsim", "--port", "0", "--token", "admin=trial", "--devices", "sim=10", "--run-time-ms", "1000"],
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
        command = [self.build / "muster", *arguments, "--config", self.config]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=ENVIRONMENT)
        if ran.returncode != 0:
            raise SystemExit(f"test-{TRIAL}: muster {' '.join(map(str, arguments))} ended with {ran.returncode}: {ran.stderr}")
        return ran.stdout.strip()

    def submit(self, version, jobs):
        definition = "device_type: sim\njob_name: j\ntimeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}\n"
        definition += "visibility: public\nmetadata: {sim.pass: 5}\nactions:\n- boot: {method: qemu, media: tmpfs}\n"
        document = {
            "build": f"/trial/test/{version}",
            "callback_url": self.receiver + version,
            "jobs": [
                {"environment": f"env-{number % 10}", "backend": LABS[number % 2], "definition": definition}
                for number in range(jobs)
            ],
        }
        file = HOME / f"{version}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return self.muster("submit", str(file)).splitlines()[-1]

    def ended(self, jobset):
        return self.database.number(f"select total - pending from jobset where id = '{jobset}'")

    def finish(self, version, jobset, jobs):
        wait_for(f"{version} to finish", lambda: self.ended(jobset) == jobs)
        wait_for(f"the callback of {version}", lambda: self.callbacks(version) > 0)

    def callbacks(self, version):
        if not self.received.exists():
            return 0
        lines = self.received.read_text(encoding="utf-8").splitlines()
        return sum(json.loads(line).get("path") == f"/{version}" for line in lines if line.endswith("}"))

    def lines(self, names):
        """How many lines of log each has written."""
        return {name: self.log(name).read_bytes().count(b"\n") for name in names}

    def end(self, name):
        """Has a process end what it has in hand; returns its exit status."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            say(f"{name} did not end within 60 s of SIGTERM")
            process.kill()
            return process.wait()

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for name in list(self.processes):
            self.end(name)

    def judge(self, versions, jobs):
        """What is wrong with what was stored, sent to labs, and called back."""
        wrong = []

        def expect(what, found, wanted):
            if found != wanted:
                wrong.append(f"{what}: {found}, not {wanted}")

        count, total = self.database.number, jobs * len(versions)
        finished = "select count(*) from jobset where state = 'finished' and pending = 0"
        repeated = "select count(*) from (select from attempt group by job_id having count(*) > 1) more"
        expect("jobsets that finished", count(finished), len(versions))
        expect("jobs that are complete", count("select count(*) from job where outcome = 'complete'"), total)
        expect("jobs with more than one attempt", count(repeated), 0)
        expect("tests of complete jobs", count("select sum(tests_pass) from job"), 5 * total)
        surplus, made = count("select count(*) from surplus_lab_job"), 0
        for url in self.labs.values():
            command = ["curl", "-sS", "--max-time", "60", "-H", "Authorization: Token trial", f"{url}/api/v0.2/jobs/?limit=1"]
            made += json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["count"]
        expect("jobs in the labs, less surplus ones that were canceled", made - surplus, total)
        for version in versions:
            expect(f"callbacks of {version}", self.callbacks(version), 1)
        for name, process in self.processes.items():
            if process.poll() is not None:
                wrong.append(f"{name} has ended with status {process.returncode}")
        say(f"{made} jobs in the labs, {surplus} of them surplus")
        return wrong


def conclude(passed, wrong):
    """Prints how it went; returns the exit status."""
    for each in wrong:
        say(f"WRONG: {each}")
    say(f"{passed} passed, 0 failed" if not wrong else f"{len(wrong)} faults")
    return 1 if wrong else 0
