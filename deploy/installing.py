#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the code blocks below a heading of docs/installing.md, for deploy/test-install to run.

installing.py HEADING
"""
import pathlib
import re
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs/installing.md"


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    found = re.search(
        rf"^## {re.escape(sys.argv[1])}\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    blocks = re.findall(r"^```\w+\n(.*?)^```", found[1], re.MULTILINE | re.DOTALL) if found else []
    if not blocks:
        raise SystemExit(f"installing: {PAGE.name} has no commands below '{sys.argv[1]}'")
    print("\n".join(blocks))


if __name__ == "__main__":
    main()
