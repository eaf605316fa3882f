"""Waiting until all is told: late is told from lost by whether anything still comes."""

import time
from collections.abc import Callable

POLL_S = 0.5


def settle(
    left: Callable[[], int | None],
    patience_s: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when nothing is left, or when for so long less has not become left; `left` gives None
    where nobody can say, as something is only just coming back."""
    fewest, since = None, clock()
    while (now := left()) != 0:
        if now is not None and (fewest is None or now < fewest):
            fewest, since = now, clock()
        elif clock() - since > patience_s:
            return
        sleep(POLL_S)
