# SPDX-License-Identifier: Apache-2.0
"""Tests against a running gateway: `make test-client` starts one, with simulated labs, and sets the variables."""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import os
import subprocess
import sys
import threading
import unittest
import uuid
import xml.etree.ElementTree
from typing import Any, Iterator, Optional

from muster_client import Client, Jobset, MusterError, Refused, TimedOut, Unreachable, Verdict

SERVER = os.environ["MUSTER_SERVER"]


def document(passing: int = 2, failing: int = 0, run_ms: int = 200, jobs: int = 2) -> dict[str, Any]:
    """A jobset of its own, for the simulated labs."""
    definition = "\n".join(
        [
            "device_type: sim", "job_name: test", "visibility: public", "priority: medium",
            "timeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}",
            f"metadata: {{sim.run_ms: {run_ms}, sim.suite: smoke, sim.pass: {passing}, sim.fail: {failing}}}",
            "actions:", "- boot: {method: qemu, media: tmpfs}", "",
        ]
    )
    return {
        "build": f"/examples/client/{uuid.uuid4()}",
        "jobs": [{"environment": f"board-{n}", "backend": "lab-a", "definition": definition} for n in range(jobs)],
    }


class GatewayTests(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client()

    def test_a_jobset_is_submitted_waited_for_and_reported(self) -> None:
        seen: list[Jobset] = []
        submission = self.client.submit(document())
        self.assertEqual(submission.total, 2)
        jobset = self.client.wait(submission.id, timeout=300, on_progress=seen.append)
        self.assertIs(jobset.verdict, Verdict.PASSED)
        self.assertEqual((jobset.total, jobset.pending, jobset.missing), (2, 0, 0))
        self.assertEqual(seen[-1].pending, 0)
        self.assertEqual(jobset.raw["tests"]["pass"], 4)
        self.assertIn("PASSED", self.client.report(jobset.id, format="text").upper())
        self.assertEqual(json.loads(self.client.report(jobset.id))["jobset"]["build"], jobset.build)
        junit = xml.etree.ElementTree.fromstring(self.client.report(jobset.id, format="junit"))
        self.assertEqual(junit.tag, "testsuites")

    def test_the_same_document_twice_is_one_jobset(self) -> None:
        body = json.dumps(document())
        self.assertEqual(self.client.submit(body).id, self.client.submit(body.encode()).id)

    def test_a_key_decides_instead_of_the_content(self) -> None:
        value, one, two = document(), str(uuid.uuid4()), str(uuid.uuid4())
        first = self.client.submit(value, key=one)
        self.assertEqual(self.client.submit(value, key=one).id, first.id)
        self.assertNotEqual(self.client.submit(value, key=two).id, first.id)

    def test_a_failed_test_fails_the_jobset(self) -> None:
        submission = self.client.submit(document(failing=1))
        self.assertIs(self.client.wait(submission.id, timeout=300).verdict, Verdict.FAILED)

    def test_a_refused_document_is_an_error_with_each_of_its_faults(self) -> None:
        value = document()
        value["jobs"][0]["backend"] = "no-lab"
        value["jobs"][1].pop("definition")
        with self.assertRaises(Refused) as caught:
            self.client.submit(value)
        self.assertEqual(caught.exception.status, 400)
        self.assertEqual(caught.exception.type, "urn:muster:problem:invalid-document")
        text = str(caught.exception)
        self.assertIn("/jobs/0/backend", text)
        self.assertIn("/jobs/1/definition", text)

    def test_a_wait_has_a_limit(self) -> None:
        submission = self.client.submit(document(run_ms=60_000))
        with self.assertRaises(TimedOut):
            self.client.wait(submission.id, timeout=1)

    def test_a_running_jobset_has_no_report_and_a_wait_for_it_ends_at_once(self) -> None:
        submission = self.client.submit(document(run_ms=60_000))
        with self.assertRaises(Refused) as caught:
            self.client.report(submission.id, wait=3_600)
        self.assertEqual(caught.exception.type, "urn:muster:problem:no-report-yet")

    def test_without_a_token_nothing_is_there(self) -> None:
        submission = self.client.submit(document())
        with self.assertRaises(Refused) as caught:
            Client(token="").jobset(submission.id)
        self.assertIn(caught.exception.status, (401, 404))


class CommandTests(unittest.TestCase):
    def run_client(self, *arguments: str, stdin: Optional[str] = None, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "muster_client", *arguments],
            input=stdin, capture_output=True, text=True, env={**os.environ, **more}, timeout=300,
        )

    def test_exit_statuses_are_those_of_the_command(self) -> None:
        passed = self.run_client("submit", "-", "--wait", stdin=json.dumps(document()))
        self.assertEqual(passed.returncode, 0, passed.stderr)
        id = passed.stdout.strip()
        self.assertEqual(str(uuid.UUID(id)), id)
        self.assertIn("passed", passed.stderr)
        self.assertEqual(self.run_client("wait", id).returncode, 0)
        junit = self.run_client("report", id, "--format", "junit")
        self.assertTrue(junit.stdout.startswith("<?xml"), junit.stdout[:100])
        failed = self.run_client("submit", "-", "--wait", stdin=json.dumps(document(failing=1)))
        self.assertEqual(failed.returncode, 1)
        refused = self.run_client("submit", "-", stdin='{"build": "nonsense"}')
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("/build", refused.stderr)
        self.assertEqual(self.run_client("wait", str(uuid.uuid4()), "--timeout", "1").returncode, 2)

    def test_an_id_token_is_exchanged_or_refused(self) -> None:
        missing = self.run_client("exchange-token", MUSTER_ID_TOKEN="")
        self.assertEqual((missing.returncode, missing.stdout), (2, ""))
        self.assertIn("MUSTER_ID_TOKEN", missing.stderr)
        refused = self.run_client("exchange-token", MUSTER_ID_TOKEN="a.b.c")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("can't be exchanged", refused.stderr)


class StrangeServer(http.server.BaseHTTPRequestHandler):
    """Answers each request with the next of the planned answers."""

    answers: list[tuple[int, dict[str, str], bytes]] = []
    authorizations: list[Optional[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def do_GET(self) -> None:
        status, headers, body = type(self).answers.pop(0)
        type(self).authorizations.append(self.headers.get("Authorization"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def strange(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[str]:
    StrangeServer.answers, StrangeServer.authorizations = list(answers), []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), StrangeServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


JOBSET = json.dumps({"id": "x", "build": "/a/b/1", "state": "complete", "verdict": "passed", "total": 1, "pending": 0}).encode()


class TroubleTests(unittest.TestCase):
    def test_a_busy_gateway_is_asked_again(self) -> None:
        with strange((503, {"Retry-After": "0"}, b""), (429, {"Retry-After": "0"}, b"{}"), (200, {}, JOBSET)) as server:
            self.assertTrue(Client(server, "t").jobset("x").is_finished)

    def test_a_gateway_that_is_not_there_is_unreachable(self) -> None:
        with self.assertRaises(Unreachable):
            Client("http://127.0.0.1:9", "t", patience=0).jobset("x")

    def test_an_exchanged_token_is_used_from_then_on(self) -> None:
        made = json.dumps({"token": "muster_new"}).encode()
        with strange((201, {}, made), (200, {}, JOBSET)) as server:
            client = Client(server, "old")
            self.assertEqual(client.exchange("a.b.c"), "muster_new")
            client.jobset("x")
            self.assertEqual(StrangeServer.authorizations, [None, "Bearer muster_new"])
        with strange((201, {}, b"{}")) as server, self.assertRaises(Unreachable):
            Client(server).exchange("a.b.c")

    def test_what_is_no_gateway_is_unreachable(self) -> None:
        for body in (b"<html>", b"[]", b"\xff"):
            with strange((200, {}, body)) as server, self.assertRaises(Unreachable):
                Client(server, "t").jobset("x")

    def test_a_redirect_is_not_followed(self) -> None:
        with strange((302, {"Location": "/elsewhere"}, b""), (200, {}, JOBSET)) as server:
            with self.assertRaises(Refused):
                Client(server, "secret-token").jobset("x")
            self.assertEqual(len(StrangeServer.authorizations), 1)

    def test_the_token_is_in_no_error_and_no_description(self) -> None:
        with strange((403, {}, b"{}")) as server:
            client = Client(server, "secret-token")
            with self.assertRaises(Refused) as caught:
                client.jobset("x")
        self.assertEqual(StrangeServer.authorizations, ["Bearer secret-token"])
        self.assertNotIn("secret-token", f"{client!r} {caught.exception!r} {caught.exception}")

    def test_addresses_that_would_show_the_token_are_refused(self) -> None:
        for server in ("http://muster.example.com", "ftp://h", "", "https://user:pass@h", "https://h/?q"):
            with self.assertRaises(MusterError):
                Client(server, "t")
        Client("http://muster.example.com", "t", insecure_http=True)
        with self.assertRaises(MusterError):
            Client("https://h", "two words")


if __name__ == "__main__":
    unittest.main()
