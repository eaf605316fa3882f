"""What the shell asks of the plain object inside it."""

from typing import Protocol


class Tenant(Protocol):
    async def recover(self) -> None:
        """Load from the store, take the epoch, read on from the committed position. Called before
        `run`, and again after `run` failed; must be safe to call twice."""

    async def run(self) -> None:
        """Work for ever. Raises Fenced when a newer owner has taken over; whatever else it raises,
        the shell recovers it and runs it again."""

    async def stop(self) -> None:
        """Finish what was begun and release everything. Idempotent."""

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        """Counters and gauges, by the names that services/metrics.py declares."""
