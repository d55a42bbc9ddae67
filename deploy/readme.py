#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that README.md is true: runs its commands, and compares what it says that they print.

readme.py steps        the steps that README shows of `make test` are those of deploy/test
readme.py demo BIN     README shows what `make demo` prints, apart from ids, times and ports
readme.py own-lab BIN  runs "Run a jobset in your own lab" as it is written, with a simulated lab

BIN has the programs. The last two need the servers: run `deploy/stack up` and `eval "$(deploy/stack env)"` first. They
use a schema of their own, own-lab also a virtual host, and remove them.
"""
import contextlib
import ctypes
import json
import os
import pathlib
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEAST_PERMISSIONS = (r"^muster(\..*)?$", r"^(muster(\..*)?|amq\.default)$", r"^muster(\..*)?$")
LIMIT = 300  # seconds for the commands of a section
SAME = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
    (r"demo-\d{8}-\d{6}", "demo-TIME"),
    (r"\d+:\d\d(?=[\])])", "ELAPSED"),
    (r"after \d+ s\b", "after N s"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"/scheduler/job/\d+", "/scheduler/job/N"),
)


def fail(text):
    raise SystemExit(f"readme: {text}")


def section(heading):
    """The code blocks below a heading, each as its language and its text."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        fail(f"there is no section '{heading}'")
    return re.findall(r"^```(\w*)\n(.*?)^```", found[1], re.MULTILINE | re.DOTALL)


def shown(word):
    """The block of the section "Try it" whose lines begin with a word."""
    return next(text for _, text in section("Try it") if text.startswith(f"{word}: "))


def plain(line):
    for pattern, name in SAME:
        line = re.sub(pattern, name, line)
    return line.rstrip()


def compare(output):
    printed = [plain(line) for line in output.splitlines()]
    position = 0
    is_gap = True
    for line in map(plain, shown("demo").splitlines()):
        if line == "…":
            is_gap = True
            continue
        try:
            found = printed.index(line, position)
        except ValueError:
            fail(f"`make demo` did not print this line, or not in this place:\n{line}")
        if found != position and not is_gap:
            fail(f"README has no '…' for what `make demo` printed before this line:\n{line}")
        position, is_gap = found + 1, False


def check_steps():
    scripts = "".join((ROOT / "deploy" / name).read_text(encoding="utf-8") for name in ("test", "parts/run.sh"))
    titles = re.findall(r'^ *step "([^"]+)"', scripts, re.MULTILINE)
    for title in re.findall(r"^test: \[[\d:]+\] (.*)$", shown("test"), re.MULTILINE):
        if title not in titles:
            fail(f"deploy/test has no step '{title}'; it has: {'; '.join(titles)}")


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def adopt_orphans():
    """Processes whose parent ends become children of this one, so it can wait for them."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end(group):
    """Ends a process group and waits for it; kills what has not ended after a minute."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if os.waitpid(-group, os.WNOHANG) == (0, 0):
                    time.sleep(0.2)
            except ChildProcessError:
                return


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def schema():
    """The variables of a schema of its own, which is removed in the end."""
    name, psql = f"readme_{secrets.token_hex(4)}", os.environ["MUSTER_TEST_PSQL"]
    run(psql, "-qc", f"create schema {name}")
    try:
        yield {"MUSTER_DATABASE_URL": os.environ["MUSTER_DATABASE_URL"], "MUSTER_DATABASE_SCHEMA": name}
    finally:
        run(psql, "-qc", f"set client_min_messages = error; drop schema {name}, {name}_dashboard cascade")


@contextlib.contextmanager
def virtual_host():
    """The variables of a virtual host of its own, which is removed in the end."""
    name, broker = f"readme_{secrets.token_hex(4)}", os.environ["MUSTER_BROKER_URL"]
    rabbitmqctl, user = os.environ["MUSTER_TEST_RABBITMQCTL"], urllib.parse.urlsplit(broker).username
    run(rabbitmqctl, "-q", "add_vhost", name)
    try:
        run(rabbitmqctl, "-q", "set_permissions", "-p", name, user, *LEAST_PERMISSIONS)
        yield {"MUSTER_BROKER_URL": f"{broker.rstrip('/')}/{name}"}
    finally:
        run(rabbitmqctl, "-q", "delete_vhost", name)


def check_demo(programs):
    status = subprocess.run([ROOT / "deploy/fleet", "status"], stdout=subprocess.PIPE, text=True).stdout
    if " up " in status:
        fail("a fleet is running here; stop it with deploy/fleet down")
    with schema() as variables:
        environment = os.environ | variables | {"MUSTER_BUILD": programs}
        demo = subprocess.run(
            [ROOT / "deploy/demo"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    if demo.returncode != 0:
        fail(f"make demo ended with {demo.returncode} and printed:\n{demo.stdout}")
    compare(demo.stdout)


@contextlib.contextmanager
def simulated_lab(programs):
    """The address of a simulated lab with the user and the token of README."""
    lab = subprocess.Popen(
        [f"{programs}/muster-labsim", "--port", "0", "--token", "your-lava-user=your-lava-token"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield re.search(r"http://[^\s/]+", lab.stdout.readline())[0]
    finally:
        lab.terminate()
        lab.wait()


def run_own_lab(programs):
    blocks = section("Run a jobset in your own lab")
    configuration = next(text for language, text in blocks if language == "yaml")
    commands = [text for language, text in blocks if language == "sh"][1:]  # the first installs
    port = str(free_port())
    example = json.loads((ROOT / "examples/jobset.json").read_text(encoding="utf-8"))
    with (
        tempfile.TemporaryDirectory(prefix="muster-readme-") as folder,
        simulated_lab(programs) as lab,
        schema() as database,
        virtual_host() as broker,
    ):
        here = pathlib.Path(folder)
        (here / "muster.yaml").write_text(configuration, encoding="utf-8")
        (here / "muster.yaml").chmod(0o600)
        (here / "job.yaml").write_text(example["jobs"][0]["definition"], encoding="utf-8")
        (here / "deploy").symlink_to(ROOT / "deploy")
        plain_environment = {key: value for key, value in os.environ.items() if not key.startswith("MUSTER_")}
        environment = plain_environment | database | broker | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "MUSTER_BACKENDS_MY_LAB_URL": lab,
            "MUSTER_GATEWAY_LISTEN": f"127.0.0.1:{free_port()}",
        }
        run_commands("\n".join(commands).replace("8990", port), here, environment)


def run_commands(script, here, environment):
    """Runs a script and all that it leaves running until its callback has arrived."""
    adopt_orphans()
    output, callbacks = here / "output", here / "callbacks.jsonl"
    with open(output, "w", encoding="utf-8") as sink:
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=here, env=environment, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True,
        )
    try:
        status = shell.wait(LIMIT)
        printed = output.read_text(encoding="utf-8")
        if status != 0 or ": PASSED" not in printed:
            fail(f"the commands ended with {status} and printed:\n{printed}")
        deadline = time.monotonic() + 60
        while not callbacks.exists() or not callbacks.read_text(encoding="utf-8"):
            if time.monotonic() > deadline:
                fail(f"no callback arrived within 60 s; the commands printed:\n{printed}")
            time.sleep(0.2)
    except subprocess.TimeoutExpired:
        fail(f"the commands did not end in {LIMIT} s and printed:\n{output.read_text(encoding='utf-8')}")
    finally:
        end(shell.pid)


def main():
    match sys.argv[1:]:
        case ["steps"]:
            check_steps()
        case ["demo", programs]:
            check_demo(str(pathlib.Path(programs).resolve()))
        case ["own-lab", programs]:
            run_own_lab(str(pathlib.Path(programs).resolve()))
        case _:
            raise SystemExit(__doc__)
    print(f"readme: {sys.argv[1]} as README.md says")


if __name__ == "__main__":
    main()
