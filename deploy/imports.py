#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails unless each target of Package.swift declares the modules of this package that its files import, and no others."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Modules that a product has besides the one of its name.
MORE_MODULES = {"Yams": {"CYaml"}}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|public|internal|private|fileprivate)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|typealias|var|let)\s+)?(\w+)",
    re.MULTILINE,
)


def imported(folder):
    return {name for file in folder.rglob("*.swift") for name in IMPORT.findall(file.read_text(encoding="utf-8"))}


def main():
    manifest = json.loads(subprocess.check_output(["swift", "package", "dump-package"], cwd=ROOT))
    # An executable is declared by whoever starts it as a program.
    programs = {target["name"] for target in manifest["targets"] if target["type"] == "executable"}
    ours = {target["name"] for target in manifest["targets"]}
    faults = []
    for target in manifest["targets"]:
        if target["type"] == "system":
            continue
        folder = ROOT / (target.get("path") or ("Tests" if target["type"] == "test" else "Sources") + "/" + target["name"])
        names = imported(folder)
        declared = {next(iter(dependency.values()))[0] for dependency in target["dependencies"]}
        faults += [f"{target['name']} imports {module} and does not declare it" for module in (names & ours) - declared]
        for module in sorted(declared):
            if module not in programs and names.isdisjoint({module} | MORE_MODULES.get(module, set())):
                faults.append(f"{target['name']} declares {module}, which none of its files imports")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
