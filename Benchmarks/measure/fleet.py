# SPDX-License-Identifier: Apache-2.0
"""A fleet of its own for each run: new processes, an empty database, empty labs."""
import json
import os
import pathlib
import subprocess
import time
import urllib.request

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
SERVERS = ("postgres", "rabbitmq")


class Failure(Exception):
    """Something that a person has to mend; its text is all that is shown."""


class Fleet:
    def __init__(self, home, build, environment=None, settings=""):
        self.home = home
        self.build = build
        self.environment = {**os.environ, "MUSTER_HOME": str(home), "MUSTER_BUILD": str(build), **(environment or {})}
        self.settings = settings
        self.received = home / "receiver.jsonl"

    def script(self, name, *arguments):
        done = subprocess.run(
            [CHECKOUT / "deploy" / name, *arguments],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=600,
        )
        if done.returncode != 0:
            raise Failure(f"deploy/{name} {' '.join(arguments)} failed:\n{done.stdout}")
        return done.stdout

    def sql(self, statement):
        done = subprocess.run(
            [self.home / "bin" / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=300,
        )
        if done.returncode != 0:
            raise Failure(f"psql: {done.stderr}")
        return done.stdout.strip()

    def __enter__(self):
        self.script("fleet", "down")
        self.script("stack", "up", "--servers-only")
        self.sql("drop schema if exists public cascade; create schema public; alter role muster reset all")
        if self.settings:
            self.sql(self.settings)
        self.received.unlink(missing_ok=True)
        try:
            self.script("fleet", "up")
        except Failure:
            self.script("fleet", "down")
            raise
        self.config = self.home / "muster.yaml"
        return self

    def __exit__(self, *_):
        self.script("fleet", "down")

    def pids(self):
        """Every process of the fleet and the servers, by name."""
        return {
            file.stem: int(file.read_text(encoding="ascii").split()[0])
            for file in sorted((self.home / "run").glob("*.pid"))
            if file.stem != "epmd"
        }

    def port(self, name):
        for line in (self.home / "ports").read_text(encoding="ascii").splitlines():
            key, _, value = line.partition("=")
            if key == name:
                return int(value)
        raise Failure(f"no port of {name} in {self.home}/ports")

    @property
    def callback(self):
        return f"http://127.0.0.1:{self.port('receiver')}/benchmark"

    def submit(self, document):
        """Publishes the document and waits for ingest's answer; returns the jobset's id."""
        command = [self.build / "muster", "submit", document, "--new", "--timeout", "300", "--config", self.config]
        done = subprocess.run(
            command,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=330,
        )
        if done.returncode != 0:
            raise Failure(f"muster submit ended with {done.returncode}:\n{done.stderr}")
        return done.stdout.split()[0]

    def wait_for_callback(self, limit):
        """The first callback, as the receiver kept it: its `time` is when it came."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self.received.exists():
                text = self.received.read_text(encoding="utf-8")
                if text.endswith("\n"):
                    return json.loads(text.splitlines()[0])
            time.sleep(0.02)
        pending = self.sql("select pending || ' of ' || total from jobset where state = 'running'")
        raise Failure(f"no callback within {limit} s; pending: {pending}; logs are in {self.home}/log")

    def wait_for_callbacks(self, count, limit):
        """When the first callback of each jobset came, once there are `count` of them."""
        deadline = time.monotonic() + limit
        came = {}
        while time.monotonic() < deadline:
            text = self.received.read_text(encoding="utf-8") if self.received.exists() else ""
            came = {}
            for line in text.splitlines(keepends=True):
                if line.endswith("\n"):
                    entry = json.loads(line)
                    came.setdefault(entry["body"]["data"]["jobset"], entry["time"])
            if len(came) >= count:
                return came
            time.sleep(0.2)
        raise Failure(f"{len(came)} of {count} callbacks within {limit} s; logs are in {self.home}/log")

    def lava(self, name):
        """What deploy/lava says of the real LAVA: URL, EVENTS_URL, TOKEN, IMG, JOBS, ACCESS_LOG."""
        for line in (self.home / "lava.env").read_text(encoding="utf-8").splitlines():
            key, _, value = line.removeprefix("export MUSTER_TEST_LAVA_").partition("=")
            if key == name:
                return value.strip("'")
        raise Failure(f"no {name} in {self.home}/lava.env")

    def lava_sample(self, name):
        text = pathlib.Path(self.lava("JOBS"), f"{name}.yaml").read_text(encoding="utf-8")
        return text.replace("@IMG@", self.lava("IMG"))

    def events_url(self, lab):
        return self.lava("EVENTS_URL") if lab == "lava" else f"ws://127.0.0.1:{self.port(lab)}/ws/"

    def time_of_results(self, lab, number):
        """Seconds that the lab takes to answer with the results of its job `number`."""
        if lab == "lava":
            url, token = self.lava("URL"), self.lava("TOKEN")
        else:
            url = f"http://127.0.0.1:{self.port(lab)}"
            token = (self.home / "secret" / f"{lab}-token").read_text(encoding="ascii").strip()
        request = urllib.request.Request(
            f"{url}/api/v0.2/jobs/{number}/tests/?limit=1000", headers={"Authorization": f"Token {token}"}
        )
        began = time.monotonic()
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()
        return time.monotonic() - began

    def requests_to(self, lab):
        """How many requests the lab's API has had so far, as the lab counts them."""
        if lab == "lava":
            with open(self.lava("ACCESS_LOG"), encoding="utf-8", errors="replace") as log:
                return sum("/api/v0.2/" in line for line in log)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port(lab)}/simulator/stats", timeout=30) as answer:
            return sum(count for route, count in json.load(answer)["requests"].items() if "/api/" in route)

    def lab_requests(self):
        """How many requests each route of the labs' API was asked, over both labs."""
        total = {}
        for lab in ("lab-a", "lab-b"):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port(lab)}/simulator/stats", timeout=30) as answer:
                for route, count in json.load(answer)["requests"].items():
                    if "/api/" in route:
                        total[route] = total.get(route, 0) + count
        return total
