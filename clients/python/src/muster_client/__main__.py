# SPDX-License-Identifier: Apache-2.0
"""muster-client: submits a jobset, waits for it, and prints its report. Exit statuses are those of `muster`."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys

from . import Client, Jobset, MusterError, Refused, TimedOut, Unreachable, Verdict

STATUS = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.INCOMPLETE: 3, Verdict.CANCELED: 5}
USAGE, NO_REPORT, UNREACHABLE, INTERRUPTED = 2, 3, 4, 130


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def progress(jobset: Jobset) -> None:
    note(f"{jobset.total - jobset.pending} of {jobset.total} jobs ended, {jobset.missing} missing")


def finish(client: Client, id: str, timeout: float | None) -> int:
    jobset = client.wait(id, timeout=timeout, on_progress=progress)
    note(f"{jobset.build}: {jobset.verdict}, {jobset.missing} of {jobset.total} jobs missing")
    return STATUS[jobset.verdict] if jobset.verdict else NO_REPORT


def exchange_token(client: Client, options: argparse.Namespace) -> int:
    id_token = os.environ.get("MUSTER_ID_TOKEN", "").strip()
    if not id_token:
        note("muster-client: there is no ID token in MUSTER_ID_TOKEN")
        return USAGE
    print(client.exchange(id_token))
    return 0


def submit(client: Client, options: argparse.Namespace) -> int:
    document = sys.stdin.buffer.read() if options.file == "-" else pathlib.Path(options.file).read_bytes()
    submission = client.submit(document, key=options.key)
    # At once, so that it is known when the wait is interrupted.
    print(submission.id, flush=True)
    note("queued" if submission.is_queued else f"accepted: {submission.total} jobs")
    return finish(client, submission.id, options.timeout) if options.wait else 0


def wait(client: Client, options: argparse.Namespace) -> int:
    return finish(client, options.id, options.timeout)


def report(client: Client, options: argparse.Namespace) -> int:
    try:
        sys.stdout.write(client.report(options.id, format=options.format))
    except Refused as refusal:
        note(str(refusal))
        return NO_REPORT if refusal.type.endswith(":no-report-yet") else USAGE
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="muster-client", description=__doc__)
    top.add_argument("--server", help="the gateway (default: $MUSTER_SERVER)")
    top.add_argument("--ca-file", help="certificate authorities (PEM) to trust besides the system's")
    top.add_argument("--insecure-http", action="store_true", help="allow http:// to another machine")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("submit", help="submit a jobset and print its id")
    command.add_argument("file", help="the document; - reads standard input")
    command.add_argument("--key", help="decides, instead of the content, which jobset this is")
    command.add_argument("--wait", action="store_true", help="wait until it has ended; the exit status shows the verdict")
    command.add_argument("--timeout", type=float, help="seconds to wait at most")
    command.set_defaults(run=submit)

    command = commands.add_parser("wait", help="wait until a jobset has ended; the exit status shows the verdict")
    command.add_argument("id")
    command.add_argument("--timeout", type=float, help="seconds to wait at most")
    command.set_defaults(run=wait)

    command = commands.add_parser("report", help="print the report of a jobset that has ended")
    command.add_argument("id")
    command.add_argument("--format", choices=["json", "text", "html", "junit", "mail", "kcidb"], default="text")
    command.set_defaults(run=report)

    command = commands.add_parser("exchange-token", help="print a token for the ID token in $MUSTER_ID_TOKEN")
    command.set_defaults(run=exchange_token)
    return top


def main() -> None:
    options = parser().parse_args()
    try:
        client = Client(options.server, ca_file=options.ca_file, insecure_http=options.insecure_http)
        status = options.run(client, options)
    except (Unreachable, TimedOut) as error:
        note(f"muster-client: {error}")
        status = UNREACHABLE
    except (MusterError, OSError) as error:
        note(f"muster-client: {error}")
        status = USAGE
    except KeyboardInterrupt:
        status = INTERRUPTED
    raise SystemExit(status)


if __name__ == "__main__":
    main()
