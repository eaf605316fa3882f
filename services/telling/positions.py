"""Positions of notifications, which rise from owner to owner.

Who listens asks for what came after the position seen last, and an inbox is sorted by it. They are
UUIDv7 (RFC 9562), so they rise with the clock; where the next owner's clock is behind, they go on
one by one above the highest that is stored.
"""

from collections.abc import Callable
from uuid import UUID

from backends.documents.base import Documents, Sort
from backends.documents.collections import NOTIFICATIONS
from models.base import new_id


class Positions:
    """Gives new positions; `new` gives those of the clock."""

    def __init__(self, new: Callable[[], str] = new_id) -> None:
        self._new = new
        self._last = ""

    async def rise_above_stored(self, documents: Documents) -> None:
        """Go on above what owners before have given. Raises Unavailable."""
        highest = Sort("position", descending=True)
        page = await documents.find(NOTIFICATIONS, sort=highest, limit=1)
        if page.items:
            self._last = max(self._last, str(page.items[0].body["position"]))

    def next(self) -> str:
        position = self._new()
        if position <= self._last:
            position = str(UUID(int=UUID(self._last).int + 1))
        self._last = position
        return position
