"""A trial without a system: what the requests of its load are answered while the fault lasts."""

import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from chaos.checker import Verdict
from chaos.outcome import Outcome
from chaos.poster import Attempt

VERDICT = Verdict(posted=1, expected=1, lost=0, twice=0, untrue=0, copies=0, inversions=0)


class Answered:
    """The trial, its stage and its load in one; each status is that of a request which was sent and
    answered when the row first looked at them."""

    short, seed, settled_at, folder = True, 1, 0.0, Path("rows/row")

    def __init__(self, statuses: Sequence[int]) -> None:
        server = SimpleNamespace(stop=lambda: None, start=lambda: None)
        self.system = SimpleNamespace(documents=server, stream=server)
        self.stage = SimpleNamespace(
            on_servers=lambda: self.system, clear=lambda: None, mail_settings=dict
        )
        self._statuses = statuses
        self._looked_at = 0.0

    def load(self, system: object) -> "Answered":
        return self

    def __enter__(self) -> "Answered":
        return self

    def __exit__(self, *_: object) -> None: ...

    def flow(self, count: int) -> None: ...

    def move(self, system: object) -> None: ...

    def attempts(self) -> list[Attempt]:
        self._looked_at = at = self._looked_at or time.monotonic()
        return [Attempt(at, at, status) for status in self._statuses]

    def outcome(self, *, injected: int, faults: Sequence[str], note: str, **_: Any) -> Outcome:
        return Outcome(injected, VERDICT, faults=tuple(faults), note=note)
