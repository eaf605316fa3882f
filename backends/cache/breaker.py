"""When to ask a server that did not answer: not at every request, and not never again.

After a failure nobody asks for `pause_s`; then one caller tries, and the others go on without an
answer until the try has succeeded. So a dead server costs one time limit a pause.
"""

from collections.abc import Callable


class Breaker:
    """`clock` gives monotonic seconds. `failures` counts since the start; `open` from a failure to
    `close`."""

    def __init__(self, clock: Callable[[], float], *, pause_s: float) -> None:
        self._clock = clock
        self._pause_s = pause_s
        self._next_try: float | None = None
        self.failures = 0

    @property
    def open(self) -> bool:
        return self._next_try is not None

    def lets_pass(self) -> bool:
        """Whether to ask now. While open it says yes to one caller a pause, the one who tries."""
        if self._next_try is None:
            return True
        now = self._clock()
        if now < self._next_try:
            return False
        self._next_try = now + self._pause_s
        return True

    def failed(self) -> bool:
        """Note a failure; whether it is the first since this was closed."""
        first = not self.open
        self.failures += 1
        self._next_try = self._clock() + self._pause_s
        return first

    def close(self) -> None:
        """The one who tried has got an answer. (An answer to a question from before the failure
        says nothing of now.)"""
        self._next_try = None
