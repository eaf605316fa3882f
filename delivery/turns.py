"""Whose turn it is: a bounded queue that is fair between users and keeps each user's order.

Users stand in a ring; a turn hands out one item of the user at its head. A user with an item in
flight has no turn until that item is done, so one user's items leave in the order they came, and a
user with ten thousand of them delays another by one item. Two caps bound the memory: `capacity`
items in all, `per_user` of one user; what finds no room stays in the store and is offered again.
"""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Items are known by an id from their offer until they are done, and queued once."""

    def __init__(self, *, capacity: int, per_user: int) -> None:
        self._capacity = capacity
        self._per_user = per_user
        self._waiting: dict[str, deque[tuple[str, T]]] = {}
        self._ring: deque[str] = deque()
        self._busy: dict[str, str] = {}
        self._known: set[str] = set()

    def __len__(self) -> int:
        """How many items wait."""
        return len(self._known) - len(self._busy)

    @property
    def room(self) -> int:
        return self._capacity - len(self)

    def offer(self, user: str, id: str, item: T) -> bool:
        """Queue the item at the end of its user's line, unless it is known; False where a cap
        leaves no room for it."""
        if id in self._known:
            return True
        line = self._waiting.get(user)
        if self.room <= 0 or (line is not None and len(line) >= self._per_user):
            return False
        if line is None:
            line = self._waiting[user] = deque()
        if not line and user not in self._busy:
            self._ring.append(user)
        line.append((id, item))
        self._known.add(id)
        return True

    def take(self) -> tuple[str, T] | None:
        """The next (user, item), now in flight until `done(user)`; None where nobody has a turn."""
        if not self._ring:
            return None
        user = self._ring.popleft()
        id, item = self._waiting[user].popleft()
        self._busy[user] = id
        return user, item

    def done(self, user: str) -> None:
        """The user's item in flight is over; its next one goes to the end of the ring."""
        self._known.discard(self._busy.pop(user))
        if self._waiting[user]:
            self._ring.append(user)
        else:
            del self._waiting[user]
