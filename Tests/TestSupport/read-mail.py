#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a message from standard input as a mail client would, and writes what it found as JSON."""

import email
import email.policy
import json
import sys

message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = [part for part in message.walk()]
json.dump(
    {
        "headers": [[name, str(value)] for name, value in message.items()],
        "from": [[a.display_name, a.addr_spec] for a in message["from"].addresses],
        "to": [a.addr_spec for a in message["to"].addresses],
        "date": message["date"].datetime.timestamp(),
        "parts": [
            {
                "type": part.get_content_type(),
                "name": part.get_filename() or "",
                "text": "" if part.is_multipart() else part.get_payload(decode=True).decode("utf-8"),
            }
            for part in parts
        ],
        "defects": [repr(defect) for part in parts for defect in part.defects]
        + [repr(defect) for part in parts for value in part.values() for defect in value.defects],
    },
    sys.stdout,
)
