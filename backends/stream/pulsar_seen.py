"""Which events were seen lately, so that a copy is not delivered again.

A publisher that does not know whether its event was stored publishes it again, so copies follow
within seconds. A window of the last ids of a partition finds them: an id is remembered by 64 bits
of it, about 100 bytes in memory; a false alarm has a chance of 2e-16 for each event.
"""

from hashlib import blake2b

WINDOW = 4_096
"""Ids of one partition: the last 65,536 events of a topic."""


class Seen:
    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._marks: dict[bytes, None] = {}

    def is_new(self, event_id: str) -> bool:
        """Whether it was not seen in the window; it is from now on."""
        mark = blake2b(event_id.encode(), digest_size=8).digest()
        if mark in self._marks:
            return False
        self._marks[mark] = None
        if len(self._marks) > self._window:
            del self._marks[next(iter(self._marks))]
        return True
