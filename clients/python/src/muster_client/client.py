# SPDX-License-Identifier: Apache-2.0
"""The client itself."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import random
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Callable, Mapping, NoReturn, Optional, Union

from .errors import MusterError, Refused, TimedOut, Unreachable
from .records import Jobset, Submission

Document = Union[bytes, str, Mapping[str, Any]]

LONGEST_WAIT = 60.0
"""Seconds that one request waits for the end of a jobset."""
LONGEST_ANSWER = 256 << 20
"""Bytes of an answer; a longer one is refused."""
PASSING = (429, 502, 503, 504)
"""Answers that say nothing about the request: it is repeated."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token is meant for one address only."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Client:
    """A client of one gateway.

    server: its address, such as https://muster.example.com; by default MUSTER_SERVER.
    token: by default MUSTER_TOKEN; without one, only public projects can be read.
    timeout: seconds for the answer to one request, in addition to what the request itself waits for.
    patience: seconds for which a gateway that can't be reached, or is busy, is tried again.
    ca_file: certificate authorities (PEM) to trust in addition to the system's.
    insecure_http: allows http:// to another machine, although the token can be read on the way.
    """

    def __init__(
        self,
        server: Optional[str] = None,
        token: Optional[str] = None,
        *,
        timeout: float = 60.0,
        patience: float = 300.0,
        ca_file: Optional[str] = None,
        insecure_http: bool = False,
    ) -> None:
        address = os.environ.get("MUSTER_SERVER", "") if server is None else server
        self._base = _base(address, insecure_http)
        self._token = token if token is not None else os.environ.get("MUSTER_TOKEN", "")
        if not self._token.isascii() or any(character.isspace() for character in self._token):
            raise MusterError("the token must be ASCII without white space")
        self._timeout = timeout
        self._patience = patience
        context = ssl.create_default_context()
        if ca_file:
            context.load_verify_locations(ca_file)
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect())

    def __repr__(self) -> str:
        return f"Client({self._base!r})"

    def exchange(self, id_token: str) -> str:
        """Exchanges the ID token of a CI job for a token, and uses that from now on.

        The gateway must know the CI system as an identity provider. The token is valid for some hours.
        """
        body = json.dumps({"id_token": id_token}).encode("utf-8")
        self._token = ""
        answer = self._json("POST", "/token-exchange", body=body, headers={"Content-Type": "application/json"})
        token = answer.get("token")
        if not isinstance(token, str):
            raise Unreachable(f"{self._base} does not answer like a gateway of Muster")
        self._token = token
        return token

    def submit(self, document: Document, *, key: Optional[str] = None) -> Submission:
        """Submits a jobset document: JSON as bytes or text, or an object.

        The same document twice is one jobset. With `key`, the key decides instead of the content.
        """
        body = _encoded(document)
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return Submission.of(self._json("POST", "/jobsets", body=body, headers=headers))

    def jobset(self, id: str) -> Jobset:
        """A jobset in its current state."""
        return Jobset.of(self._json("GET", f"/jobsets/{_quoted(id)}"))

    def wait(
        self,
        id: str,
        *,
        timeout: Optional[float] = None,
        on_progress: Optional[Callable[[Jobset], None]] = None,
    ) -> Jobset:
        """Waits until a jobset has ended.

        timeout: seconds; by default there is no limit.
        on_progress: called with the jobset at first, and whenever its number of pending jobs has changed.
        Raises TimedOut, and Refused if there is no such jobset, or the token can't read it.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        last: Optional[int] = None
        while True:
            jobset = self._look(id, deadline, is_first=last is None)
            if jobset is not None and jobset.pending != last:
                last = jobset.pending
                if on_progress:
                    on_progress(jobset)
            if jobset is not None and jobset.is_finished:
                return jobset
            if deadline is not None and time.monotonic() >= deadline:
                raise TimedOut(f"the jobset {id} was not finished within {timeout:g} s")

    def report(self, id: str, *, format: str = "json", wait: float = 60.0) -> str:
        """The report of a jobset that has ended: `json`, `text`, `html`, `junit`, `mail` or `kcidb`.

        It is written a moment after the end; `wait` is how many seconds to wait for it.
        """
        deadline = time.monotonic() + wait
        path = f"/jobsets/{_quoted(id)}/report?format={urllib.parse.quote(format)}"
        while True:
            try:
                return self._request("GET", path).decode("utf-8")
            except Refused as refusal:
                # Not while jobs are pending: then there is nothing to wait for here.
                is_soon = refusal.type.endswith(":no-report-yet")
                if not is_soon or refusal.problem.get("pending") or time.monotonic() >= deadline:
                    raise
            time.sleep(0.5)

    # Requests

    def _look(self, id: str, deadline: Optional[float], is_first: bool) -> Optional[Jobset]:
        """A jobset after a while, or at its end; `None` if its document is still in the queue."""
        # The first look does not wait, so that progress is reported at once.
        wait = 0.0 if is_first else LONGEST_WAIT
        if deadline is not None:
            wait = max(0.0, min(wait, deadline - time.monotonic()))
        query = f"?wait={int(wait)}" if wait >= 1 else ""
        try:
            jobset = Jobset.of(self._json("GET", f"/jobsets/{_quoted(id)}{query}", wait=wait))
        except Refused as refusal:
            if refusal.status != 404 or not is_first:
                raise
            return self._queued(id, deadline, refusal)
        if not query and not is_first and not jobset.is_finished:
            time.sleep(0.2)
        return jobset

    def _queued(self, id: str, deadline: Optional[float], refusal: Refused) -> Jobset:
        """A jobset whose document may still be in the queue, once it is there."""
        limit = time.monotonic() + self._timeout
        if deadline is not None:
            limit = min(limit, deadline)
        while time.monotonic() < limit:
            time.sleep(0.5)
            try:
                return self.jobset(id)
            except Refused as again:
                if again.status != 404:
                    raise
        raise refusal

    def _json(self, *arguments: Any, **more: Any) -> Mapping[str, Any]:
        answer = self._request(*arguments, **more)
        try:
            value = json.loads(answer)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Unreachable(f"{self._base} does not answer like a gateway of Muster")
        return value

    def _request(
        self,
        method: str,
        path: str,
        *,
        body: Optional[bytes] = None,
        headers: Optional[Mapping[str, str]] = None,
        wait: float = 0.0,
    ) -> bytes:
        """An answer. All requests of this client can be repeated without harm."""
        deadline = time.monotonic() + self._patience
        pause = 0.5
        while True:
            try:
                return self._ask(method, path, body, headers or {}, wait)
            except _Passing as passing:
                rest = min(passing.after if passing.after is not None else pause, 60.0)
                rest *= random.uniform(1.0, 1.2)
                if time.monotonic() + rest > deadline:
                    raise passing.reason from None
                time.sleep(rest)
                pause = min(pause * 2, 10.0)

    def _ask(self, method: str, path: str, body: Optional[bytes], headers: Mapping[str, str], wait: float) -> bytes:
        request = urllib.request.Request(self._base + "/api/v1" + path, data=body, method=method)
        for name, value in {"User-Agent": "muster-client/0.1.0", **headers}.items():
            request.add_header(name, value)
        if self._token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=self._timeout + wait) as response:
                answer: bytes = response.read(LONGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            with error:
                _raise(error)
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            if isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError):
                raise Unreachable(f"the certificate of {self._base} is not valid: {_reason(error)}") from None
            raise _Passing(Unreachable(f"{self._base} can't be reached: {_reason(error)}"), None) from None
        if len(answer) > LONGEST_ANSWER:
            raise MusterError(f"the answer is longer than {LONGEST_ANSWER >> 20} MiB")
        return answer


class _Passing(Exception):
    """A failure that may pass, and when to try again."""

    def __init__(self, reason: MusterError, after: Optional[float]) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.after = after


def _raise(error: urllib.error.HTTPError) -> NoReturn:
    refusal = Refused(error.code, _problem(error.read(1 << 20)))
    if error.code in PASSING:
        text = error.headers.get("Retry-After", "")
        raise _Passing(refusal, float(text) if text.isdigit() else None) from None
    raise refusal from None


def _problem(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _reason(error: BaseException) -> str:
    return str(getattr(error, "reason", None) or error) or type(error).__name__


def _encoded(document: Document) -> bytes:
    if isinstance(document, bytes):
        return document
    return (document if isinstance(document, str) else json.dumps(document)).encode("utf-8")


def _quoted(id: str) -> str:
    return urllib.parse.quote(id, safe="")


def _base(address: str, insecure_http: bool) -> str:
    url = urllib.parse.urlsplit(address)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or url.username:
        raise MusterError(f"the server must be an address such as https://muster.example.com, not {address!r}")
    if url.scheme == "http" and not insecure_http and not _is_this_machine(url.hostname):
        raise MusterError("http:// to another machine would show the token on the way; use https://")
    return address.rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
