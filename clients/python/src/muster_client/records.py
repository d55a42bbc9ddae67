# SPDX-License-Identifier: Apache-2.0
"""The objects of the API, as far as this client uses them; `raw` has all of each."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, Mapping, Optional


class Verdict(str, enum.Enum):
    """How a jobset ended."""

    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    CANCELED = "canceled"

    def __str__(self) -> str:
        return self.value


@dataclasses.dataclass(frozen=True)
class Submission:
    """The answer to a document."""

    id: str
    """The id of the jobset."""
    total: Optional[int]
    """The number of its jobs; `None` while the document waits in the queue."""
    is_queued: bool
    """The document is safe in the queue, but the jobset does not exist yet."""
    raw: Mapping[str, Any] = dataclasses.field(repr=False)

    @staticmethod
    def of(raw: Mapping[str, Any]) -> Submission:
        return Submission(str(raw["id"]), raw.get("total"), bool(raw.get("is_queued", False)), raw)


@dataclasses.dataclass(frozen=True)
class Jobset:
    """The current state of a jobset."""

    id: str
    build: str
    """`/group/project/version`"""
    state: str
    verdict: Optional[Verdict]
    """How it ended; `None` while it is running."""
    total: int
    pending: int
    """The number of jobs that have not ended."""
    missing: int
    """The number of jobs that ended without being complete."""
    outcomes: Mapping[str, int]
    """The number of jobs by how they ended."""
    raw: Mapping[str, Any] = dataclasses.field(repr=False)

    @property
    def is_finished(self) -> bool:
        return self.verdict is not None

    @staticmethod
    def of(raw: Mapping[str, Any]) -> Jobset:
        verdict = raw.get("verdict")
        return Jobset(
            id=str(raw["id"]),
            build=str(raw["build"]),
            state=str(raw["state"]),
            verdict=Verdict(verdict) if verdict is not None else None,
            total=int(raw["total"]),
            pending=int(raw["pending"]),
            missing=int(raw.get("missing", 0)),
            outcomes=dict(raw.get("outcomes", {})),
            raw=raw,
        )
