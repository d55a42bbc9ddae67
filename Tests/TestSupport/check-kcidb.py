#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a submission to a KCIDB from standard input and checks it with KernelCI's own library: against the schema, with
its formats, and whether each object is there that another one names. Prints what is wrong, or nothing."""

import json
import sys

import jsonschema
from kcidb_io.schema import LATEST

data = json.load(sys.stdin)
try:
    LATEST.validate(data)
except jsonschema.exceptions.ValidationError as error:
    print(f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:500])
    sys.exit()
ids = {kind: [thing["id"] for thing in data[kind]] for kind in ("checkouts", "builds", "tests", "issues", "incidents")}
for kind, known in ids.items():
    if len(set(known)) != len(known):
        print(f"{kind}: an id is there twice")
for kind, key, target in (
    ("builds", "checkout_id", "checkouts"), ("tests", "build_id", "builds"), ("incidents", "issue_id", "issues"),
    ("incidents", "test_id", "tests"),
):
    for thing in data[kind]:
        if thing[key] not in ids[target]:
            print(f"{kind}: {thing['id']} names {key} {thing[key]}, which is not there")
