#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A receiver of callbacks: checks their signatures, keeps every request as a line of JSON, answers as it is told.

Knows only what a stranger's receiver would: Standard Webhooks (https://www.standardwebhooks.com) and the secret.
"""
import argparse
import base64
import hashlib
import hmac
import json
import pathlib
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONGEST_BODY = 16 * 1024 * 1024
OLDEST_SECONDS = 300


def signature_verdict(headers, body, key):
    """'valid', or why not. The signed text is id.timestamp.body; any one matching v1 signature is enough."""
    if key is None:
        return "not checked: no secret"
    identity = headers.get("webhook-id")
    stamp = headers.get("webhook-timestamp")
    given = headers.get("webhook-signature")
    if not (identity and stamp and given):
        return "missing headers"
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > OLDEST_SECONDS:
        return "timestamp is no number of seconds near now"
    signed = f"{identity}.{stamp}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    for each in given.split():
        version, _, value = each.partition(",")
        if version == "v1" and hmac.compare_digest(value, wanted):
            return "valid"
    return "WRONG"


def key_from(path):
    text = pathlib.Path(path).read_text(encoding="ascii").strip()
    return base64.b64decode(text.removeprefix("whsec_"), validate=True)


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options):
        self.options = options
        self.key = key_from(options.secret_file) if options.secret_file else None
        self.lock = threading.Lock()
        self.count = 0
        self.seen = set()
        self.out = open(options.out, "a", encoding="utf-8")
        super().__init__(("127.0.0.1", options.port), Handler)

    def take(self, entry):
        """Numbers the request, says whether its webhook-id came before, writes it down; returns the status to answer."""
        with self.lock:
            self.count += 1
            entry["number"] = self.count
            identity = entry["headers"].get("webhook-id")
            entry["repeat"] = identity is not None and identity in self.seen
            if identity is not None:
                self.seen.add(identity)
            if self.options.hang:
                entry["answered"] = None
            elif self.count <= self.options.fail_first:
                entry["answered"] = self.options.status
            else:
                entry["answered"] = 204
            self.out.write(json.dumps(entry) + "\n")
            self.out.flush()
            print(
                f"#{entry['number']} {entry['method']} {entry['path']} signature {entry['signature']}, "
                f"repeat {entry['repeat']}, answered {entry['answered'] or 'nothing (hanging)'}",
                flush=True,
            )
        return entry["answered"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def receive(self):
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            shown = json.loads(body)
        except ValueError:
            shown = body.decode("utf-8", "replace")
        status = self.server.take(
            {
                "time": time.time(),
                "method": self.command,
                "path": self.path,
                "signature": signature_verdict(headers, body, self.server.key),
                "headers": headers,
                "body": shown,
            }
        )
        if status is None:
            self.close_connection = True
            STOPPING.wait(self.server.options.hang_seconds)
            return
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_PUT = receive

    def log_message(self, *_):
        pass


STOPPING = threading.Event()


def stop(*_):
    STOPPING.set()
    raise SystemExit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1")
    parser.add_argument("--secret-file", help="contains whsec_...; without it signatures are not checked")
    parser.add_argument("--out", required=True, help="file to which a line of JSON is appended for each request")
    parser.add_argument("--fail-first", type=int, default=0, metavar="N", help="answer the first N requests with --status")
    parser.add_argument("--status", type=int, default=500, help="status of those answers (default %(default)s)")
    parser.add_argument("--hang", action="store_true", help="accept requests and never answer")
    parser.add_argument("--hang-seconds", type=float, default=600, help="time after which --hang closes a connection (default %(default)s)")
    server = Receiver(parser.parse_args())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
