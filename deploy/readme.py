#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that README.md is true: runs its commands, and compares what it says that they print.

readme.py steps        the steps that README shows of `make test` are those of deploy/test
readme.py demo LOG     README shows what `make demo` has printed into LOG, apart from ids, times and ports
readme.py own-lab BIN  runs "Run a jobset in your own lab" as it is written, with the programs in BIN, the servers of
                       deploy/stack (run `eval "$(deploy/stack env)"` first), and a simulated lab as the lab
"""
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


def check_demo(log):
    printed = [plain(line) for line in pathlib.Path(log).read_text(encoding="utf-8").splitlines()]
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


def run_own_lab(programs):
    adopt_orphans()
    blocks = section("Run a jobset in your own lab")
    configuration = next(text for language, text in blocks if language == "yaml")
    commands = [text for language, text in blocks if language == "sh"][1:]  # the first installs
    port, name = str(free_port()), f"readme_{secrets.token_hex(4)}"
    example = json.loads((ROOT / "examples/jobset.json").read_text(encoding="utf-8"))
    user = urllib.parse.urlsplit(os.environ["MUSTER_BROKER_URL"]).username
    psql, rabbitmqctl = os.environ["MUSTER_TEST_PSQL"], os.environ["MUSTER_TEST_RABBITMQCTL"]
    with tempfile.TemporaryDirectory(prefix="muster-readme-") as folder:
        here = pathlib.Path(folder)
        (here / "muster.yaml").write_text(configuration, encoding="utf-8")
        (here / "muster.yaml").chmod(0o600)
        (here / "job.yaml").write_text(example["jobs"][0]["definition"], encoding="utf-8")
        (here / "deploy").symlink_to(ROOT / "deploy")
        lab = subprocess.Popen(
            [f"{programs}/muster-labsim", "--port", "0", "--token", "your-lava-user=your-lava-token"],
            stdout=subprocess.PIPE,
            text=True,
        )
        address = re.search(r"http://\S+", lab.stdout.readline())
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MUSTER_")} | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "MUSTER_BROKER_URL": f"{os.environ['MUSTER_BROKER_URL'].rstrip('/')}/{name}",
            "MUSTER_DATABASE_URL": os.environ["MUSTER_DATABASE_URL"],
            "MUSTER_DATABASE_SCHEMA": name,
            "MUSTER_BACKENDS_MY_LAB_URL": address[0].rstrip("/"),
            "MUSTER_GATEWAY_LISTEN": f"127.0.0.1:{free_port()}",
        }
        subprocess.run([psql, "-qc", f"create schema {name}"], check=True)
        for command in (["add_vhost", name], ["set_permissions", "-p", name, user, ".*", ".*", ".*"]):
            subprocess.run([rabbitmqctl, "-q", *command], check=True)
        script = "\n".join(commands).replace("8990", port)
        with open(here / "output", "w", encoding="utf-8") as output:
            shell = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=here, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )
        try:
            status = shell.wait(LIMIT)
            printed = (here / "output").read_text(encoding="utf-8")
            deadline = time.monotonic() + 60
            callbacks = here / "callbacks.jsonl"
            while not callbacks.exists() or not callbacks.read_text(encoding="utf-8"):
                if time.monotonic() > deadline:
                    fail(f"no callback arrived within 60 s; the commands printed:\n{printed}")
                time.sleep(0.2)
            if status != 0 or ": PASSED" not in printed:
                fail(f"the commands ended with {status} and printed:\n{printed}")
        except subprocess.TimeoutExpired:
            fail(f"the commands did not end in {LIMIT} s and printed:\n{(here / 'output').read_text(encoding='utf-8')}")
        finally:
            end(shell.pid)
            lab.terminate()
            lab.wait()
            subprocess.run([psql, "-qc", f"set client_min_messages = error; drop schema {name} cascade"], check=True)
            subprocess.run([rabbitmqctl, "-q", "delete_vhost", name], check=True)


def main():
    match sys.argv[1:]:
        case ["steps"]:
            check_steps()
        case ["demo", log]:
            check_demo(log)
        case ["own-lab", programs]:
            run_own_lab(str(pathlib.Path(programs).resolve()))
        case _:
            raise SystemExit(__doc__)
    print(f"readme: {sys.argv[1]} as README.md says")


if __name__ == "__main__":
    main()
