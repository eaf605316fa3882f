"""How long HTTP was away, and what it answered meanwhile."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from types import TracebackType
from typing import Self

import httpx2

from chaos.poster import AGAIN, Attempt


def longest_gap_s(attempts: Sequence[Attempt], since: float, until: float) -> float:
    """The longest time without an answer of 2xx between two moments."""
    moments = [a.answered for a in attempts if _is_2xx(a.status) and since <= a.answered <= until]
    edges = [since, *moments, until]
    return max(b - a for a, b in pairwise(edges))


def statuses(attempts: Sequence[Attempt], since: float, until: float) -> Counter[int]:
    """How often each status was the answer to what was sent and answered between two moments; 0:
    the connection broke. What was under way before may truthfully be answered later."""
    return Counter(a.status for a in attempts if since <= a.begun and a.answered <= until)


def failed(answered: Counter[int]) -> Counter[int]:
    """What is neither 2xx nor asks for the same request again."""
    return Counter(
        {status: n for status, n in answered.items() if not _is_2xx(status) and status not in AGAIN}
    )


def _is_2xx(status: int) -> bool:
    return 200 <= status < 300


def not_served(answered: Counter[int], when: str) -> list[str]:
    """What must not have been answered, or was not, `when` HTTP should have gone on, as
    sentences."""
    found = [f"failed {when}: {shown(failures)}"] if (failures := failed(answered)) else []
    if not any(map(_is_2xx, answered)):
        found.append(f"nobody was answered 2xx {when}")
    return found


def shown(answered: Counter[int]) -> str:
    """The counts of statuses as a table's note has them."""
    counts = sorted(answered.items())
    return ", ".join(f"{n} × {status or 'no answer'}" for status, n in counts) or "nothing"


class Probe:
    """Asks /health all the time, in a thread: what a person without luck sees of an outage."""

    def __init__(self, url: str, period_s: float = 0.05) -> None:
        self._url, self._period_s = url, period_s
        self._ending = threading.Event()
        self.attempts: list[Attempt] = []
        self._thread = threading.Thread(target=self._ask, name="probe", daemon=True)

    def _ask(self) -> None:
        while not self._ending.wait(self._period_s):
            begun = time.monotonic()
            try:
                status = httpx2.get(f"{self._url}/health", timeout=2.0).status_code
            except httpx2.HTTPError:
                status = 0
            self.attempts.append(Attempt(begun, time.monotonic(), status))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()
