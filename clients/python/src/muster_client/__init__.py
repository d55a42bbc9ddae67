# SPDX-License-Identifier: Apache-2.0
"""A client for Muster's HTTP API: submits a jobset, waits for it, and fetches its report."""

from .client import Client
from .errors import MusterError, Refused, TimedOut, Unreachable
from .records import Jobset, Submission, Verdict

__all__ = ["Client", "Jobset", "MusterError", "Refused", "Submission", "TimedOut", "Unreachable", "Verdict"]
