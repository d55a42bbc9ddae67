#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs builds in the fleet of deploy/fleet and takes pictures of its pages: see deploy/pictures."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from browser import browser, set_look, sign_in

MUSTER = os.environ["MUSTER_BUILD"] + "/muster"
URL = os.environ["MUSTER_GATEWAY_URL"]
PROJECT = "examples/linux-next"
ENVIRONMENTS = ["qemu-arm64", "qemu-x86_64", "raspberrypi-4", "rock-pi-4b", "juno-r2", "beagleboard-x15"]
# Suite, and how many tests of it pass.
SUITES = [("boot", 4), ("ltp-syscalls", 240), ("kselftest-net", 38), ("kunit", 120)]
# What differs in the second build: tests that fail, by environment and suite.
FAILURES = {
    ("raspberrypi-4", "ltp-syscalls"): 3,
    ("rock-pi-4b", "ltp-syscalls"): 3,
    ("juno-r2", "kselftest-net"): 1,
}
LOST_POWER = ("beagleboard-x15", "kunit")
HOUR = 3_600_000

# Name, path, width, height, phone, colour scheme.
PICTURES = [
    ("jobset", "/jobsets/{running}", 960, 690, False, "light"),
    ("overview", "/", 960, 675, False, "light"),
    ("finished", "/jobsets/{failed}", 960, 690, False, "light"),
    ("tests", "/jobsets/{failed}/tests", 1100, 420, False, "light"),
    ("project", "/projects/" + PROJECT, 960, 690, False, "light"),
    ("dark", "/jobsets/{failed}", 640, 450, False, "dark"),
    ("phone", "/jobsets/{running}", 320, 688, True, "light"),
]


def definition(environment, suite, keys):
    metadata = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in keys.items())
    return (
        f"device_type: sim\njob_name: {suite} on {environment}\nvisibility: public\npriority: medium\n"
        "timeouts: {job: {minutes: 90}, action: {minutes: 90}, connection: {minutes: 1}}\n"
        f"metadata:\n{metadata}actions:\n- boot: {{method: qemu, media: tmpfs}}\n"
    )


def job(environment, suite, passes, build):
    failures = 0 if build == "passed" else FAILURES.get((environment, suite), 0)
    keys = {"sim.suite": suite, "sim.pass": passes - failures, "sim.fail": failures}
    if build != "passed" and (environment, suite) == LOST_POWER:
        keys = {"sim.health": "incomplete", "sim.pass": 0, "sim.error_type": "Infrastructure"}
        keys["sim.error_msg"] = "Connection to the power switch was lost"
    if build == "running" and (suite == "ltp-syscalls" or environment == "juno-r2"):
        keys["sim.run_ms"] = HOUR
    backend = "lab-a" if ENVIRONMENTS.index(environment) % 2 == 0 else "lab-b"
    text = definition(environment, suite, keys)
    return {"environment": environment, "backend": backend, "name": suite, "definition": text}


def submit(version, build, wait):
    """Submits a build, and returns its id."""
    document = {
        "build": f"/{PROJECT}/{version}",
        "callback_url": os.environ["MUSTER_RECEIVER_URL"] + "/",
        "jobs": [job(environment, suite, passes, build) for suite, passes in SUITES for environment in ENVIRONMENTS],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        command = [MUSTER, "submit", file.name, "--output", "json"] + (["--wait"] if wait else [])
        printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=600)
    # 1 and 3 mean failed tests and jobs that did not complete.
    if printed.returncode not in (0, 1, 3):
        raise SystemExit(f"muster submit ended with {printed.returncode}")
    return json.loads(printed.stdout)["id"]


def token():
    command = [MUSTER, "token", "create", "pictures", "--project", "*", "--can", "read,operate"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60, check=True).stdout.strip()


def main():
    folder = pathlib.Path(sys.argv[1])
    submit("next-20261126", "passed", wait=True)
    ids = {"failed": submit("next-20261127", "failed", wait=True)}
    ids["running"] = submit("next-20261130", "running", wait=False)
    subprocess.run([MUSTER, "report", ids["failed"], "--wait"], stdout=subprocess.DEVNULL, timeout=120)
    driver = browser()
    try:
        sign_in(driver, URL, token())
        for name, path, width, height, phone, scheme in PICTURES:
            set_look(driver, width, height, phone, scheme)
            driver.get(URL + path.format(**ids))
            driver.save_screenshot(str(folder / f"{name}.png"))
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
