# SPDX-License-Identifier: Apache-2.0
"""What can go wrong."""

from __future__ import annotations

from typing import Any, Mapping


class MusterError(Exception):
    """Every error of this package."""


class Unreachable(MusterError):
    """The gateway could not be reached, or did not answer in time."""


class TimedOut(MusterError):
    """A jobset was not finished in time. It goes on running."""


class Refused(MusterError):
    """The gateway refused a request.

    `problem` is its answer, an object of RFC 9457; without one, it has the status alone.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.type = str(problem.get("type", ""))
        self.title = str(problem.get("title", f"the gateway answered {status}"))
        super().__init__("\n".join([self.title, *self.errors]))

    @property
    def errors(self) -> list[str]:
        """What is wrong, one line for each error: where, and why."""
        lines = [str(self.problem["detail"])] if self.problem.get("detail") else []
        for each in self.problem.get("errors") or []:
            place = f"{each['pointer']}: " if each.get("pointer") else ""
            lines.append(f"{place}{each.get('reason', '')}")
        return lines
