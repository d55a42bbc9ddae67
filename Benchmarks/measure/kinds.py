# SPDX-License-Identifier: Apache-2.0
"""The kinds of run: each changes one thing, so that the ratio of the rates says what that thing is worth."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    meaning: str
    labs: tuple = ("lab-a",)
    environment: dict = dataclasses.field(default_factory=dict)
    definition_bytes: int = 0
    past_jobs: int = 0
    settings: str = ""


_NO_LIMIT = {"MUSTER_BACKENDS_LAB_A_MAXIMUM_IN_FLIGHT": "1000000"}
_EAGER = {**_NO_LIMIT, "MUSTER_WATCHER_POLL_INTERVAL_SECONDS": "0.2"}
_FOUR = {"SUBMITTERS": "2", "WATCHERS": "2"}

_LIST = [
    Kind("plain", "one worker of each role, one lab, all settings as they come"),
    Kind("two-labs", "the jobs spread over two labs", labs=("lab-a", "lab-b")),
    Kind("pairs", "two submitters and two watchers", environment=_FOUR),
    Kind("history", "with 100,000 finished jobs in the database", past_jobs=100_000),
    Kind(
        "unsynced",
        "commits do not wait for the disk: never to be used, only to see what that waiting costs",
        settings="alter role muster set synchronous_commit = off",
    ),
    Kind("no-limit", "the lab may have any number of our jobs at once (maximum_in_flight)", environment=_NO_LIMIT),
    Kind("eager", "no-limit, and the lab is asked every 0.2 s what finished", environment=_EAGER),
    Kind("eager-pairs", "eager, with two submitters and two watchers", environment={**_EAGER, **_FOUR}),
]
ALL = {kind.name: kind for kind in _LIST}
DEFAULT = ["plain", "pairs", "history"]
