#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# verify.py SECRET PUBLIC_KEY: verifies a callback as its receivers would, with what others wrote: v1 with Standard
# Webhooks' own library, v1a with the cryptography package. Standard input is a JSON object of headers and body
# (base64). Prints one word for each that holds.
import base64
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook

secret, public_key = sys.argv[1:3]
received = json.load(sys.stdin)
body = base64.b64decode(received["body"])
headers = received["headers"]

Webhook(secret).verify(body, headers)
print("v1")
try:
    Webhook(secret).verify(body + b" ", headers)
except Exception:
    print("v1-forgery-refused")

signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
for signature in headers["webhook-signature"].split(" "):
    version, value = signature.split(",", 1)
    if version == "v1a":
        key.verify(base64.b64decode(value), signed)
        print("v1a")
