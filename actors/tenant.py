"""What the shell asks of the plain object inside it."""

from collections.abc import Awaitable, Callable
from typing import Protocol

Turn = Callable[[], Awaitable[None]]
"""Returns when the actors whose work is taken up have ended it. Raises Fenced where it will never
be this one's turn, Unavailable."""


async def at_once() -> None:
    """The turn of whoever follows nobody."""


class Tenant(Protocol):
    async def recover(self, turn: Turn = at_once) -> None:
        """Load from the store; then, when it is its `turn`, take the epoch and read on from the
        committed position. Called before `run`, and again after `run` failed; must be safe to call
        twice."""

    async def run(self) -> None:
        """Work for ever. Raises Fenced when a newer owner has taken over; whatever else it raises,
        the shell recovers it and runs it again."""

    async def stop(self) -> None:
        """Finish what was begun and release everything. Idempotent."""

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        """Counters and gauges, by the names that services/operations/metrics.py declares."""
