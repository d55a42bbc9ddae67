#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the systemd units of deploy/package/systemd, each whole: with its sandbox and the secrets that it needs.

units.py OUT           writes them into OUT
units.py --check       fails if systemd-analyze finds a fault in one of them, or finds it exposed by more than LIMIT
"""
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent / "systemd"
LIMIT = 2.5  # of 10, for the exposure that systemd-analyze computes
# Each has a hundred ports for its instances.
ROLES = {
    "ingest": (19100, "receives jobsets"),
    "submitter": (19200, "submits jobs to labs"),
    "watcher": (19300, "watches the labs"),
    "notifier": (19400, "delivers reports and callbacks"),
    "gateway": (19500, "serves the API and the dashboard"),
}
# What ours need of systemd's own.
SYSTEM = ["basic.target", "multi-user.target", "network-online.target", "shutdown.target", "sysinit.target"]
# The sections of whose secrets each has files. A test compares them with what the workers read (SecretNeeds).
SERVERS = ["broker", "database"]
SECTIONS = {
    "submitter": ["backends"],
    "watcher": ["backends"],
    "notifier": ["callback", "mail"],
    "gateway": ["gateway"],
}


def sections(role):
    return SERVERS + SECTIONS.get(role, [])


def credentials(role):
    lines = [f"LoadCredential={each}:/etc/muster/credentials/{each}" for each in sections(role)]
    return "\n".join(["# Secrets: docs/configuration.md says what the files are called.", *lines])


def filled(template, role):
    port, what = ROLES.get(role, (0, ""))
    values = {"ROLE": role, "PORT": str(port), "WHAT": what, "CREDENTIALS": credentials(role)}
    for name in ("service", "sandbox"):
        # Without the line of the licence, which the unit has itself.
        values[name.upper()] = (SOURCE / f"{name}.conf").read_text(encoding="utf-8").split("\n", 1)[1].rstrip()
    values["SERVICE"] = values["SERVICE"].replace("@SECTIONS@", " ".join(sections(role)))
    return re.sub(r"@([A-Z]+)@", lambda match: values[match[1]], template)


def units():
    """Each unit's name and text."""
    for path in sorted(SOURCE.glob("*.service.in")):
        template = path.read_text(encoding="utf-8")
        name = path.name.removesuffix(".in")
        if name == "worker@.service":
            for role in ROLES:
                if role != "gateway":
                    yield f"muster-{role}@.service", filled(template, role)
        else:
            yield name, filled(template, name.removeprefix("muster-").removesuffix(".service"))
    for path in SOURCE.glob("*.target"):
        yield path.name, path.read_text(encoding="utf-8")


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units():
        (folder / name).write_text(text, encoding="utf-8")


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def make_program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/true\n")
    path.chmod(0o755)


def check():
    """Both checks look at files alone, in a root that has nothing but the units and the programs that they name."""
    faults = []
    with tempfile.TemporaryDirectory(prefix="muster-units-") as root:
        root = pathlib.Path(root)
        folder, programs = root / "usr/lib/systemd/system", root / "usr/bin"
        write(folder)
        for name in SYSTEM:
            (folder / name).write_text("[Unit]\nDescription=A unit of systemd's own\n", encoding="utf-8")
        for name in ["muster", *(f"muster-{role}" for role in ROLES)]:
            make_program(programs / name)
        make_program(root / "usr/libexec/muster/reload-worker")
        make_program(root / "bin/sh")
        for name, _ in units():
            instance = name.replace("@.", "@12.")
            verified = run("systemd-analyze", "verify", f"--root={root}", "--man=no", instance)
            told = [line for line in verified.stdout.splitlines() if name.split("@")[0] in line]
            faults += told
            if name.endswith(".target"):
                continue
            measured = run(
                "systemd-analyze", "security", "--offline=true", f"--root={root}", f"--threshold={int(LIMIT * 10)}",
                "--no-pager", instance,
            )
            level = re.search(r"exposure level for \S+: ([\d.]+)", measured.stdout)
            if level is None or float(level[1]) > LIMIT:
                faults.append(f"{name}: exposure {level[1] if level else 'unknown'}, at most {LIMIT}\n{measured.stdout}")
            else:
                print(f"units: {name}: exposure {level[1]} of 10, at most {LIMIT}")
    if faults:
        raise SystemExit("\n".join(f"units: {each}" for each in faults))


def main():
    match sys.argv[1:]:
        case ["--check"]:
            check()
        case [folder] if not folder.startswith("-"):
            write(pathlib.Path(folder))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
