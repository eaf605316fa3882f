"""Where something lies in a Pulsar topic: places in a partition, positions over all partitions.

A managed ledger numbers its ledgers upwards and the entries of each from 0; every event is one
entry, because nothing is batched. A *place* is (ledger, entry); entry -1 is before the first of its
ledger. A *position* is one place for each partition, "everything up to here was read", written as
hexadecimal numbers: `ledger.entry+1` for each, joined by `-`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backends.stream.base import PARTITIONS
from models.errors import FieldError, InvalidInput

NUMBER_MAX = 2**63 - 1
_NUMBER = "[0-9a-f]{1,16}"
_PLACE = re.compile(f"({_NUMBER})\\.({_NUMBER})")


class Place(NamedTuple):
    """Ordered as the events of one partition are."""

    ledger: int
    entry: int

    @property
    def before(self) -> "Place":
        """The place just before this event."""
        return Place(self.ledger, self.entry - 1)


Position = list[Place]
"""PARTITIONS places, by partition."""

NOTHING = Place(0, -1)
"""Before everything: no ledger has a smaller number."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What one partition holds: its ledgers, oldest first, each with its number of entries, and the
    broker's last confirmed place."""

    ledgers: tuple[tuple[int, int], ...]
    confirmed: Place

    @property
    def beginning(self) -> Place:
        return Place(self.ledgers[0][0], -1) if self.ledgers else self.confirmed

    @property
    def end(self) -> Place:
        """The last event, or the beginning where there is none. After a restart the broker writes
        to a new ledger, which is dropped again where it stayed empty: so its name is no end."""
        full = [Place(ledger, count - 1) for ledger, count in self.ledgers if count]
        if self.confirmed.entry >= 0:
            full.append(self.confirmed)
        return max(full, default=self.beginning)

    def keeps_what_follows(self, place: Place) -> bool:
        """Whether every event after the place is still here, and the place was ever reached. Only
        whole ledgers go, the oldest first."""
        return any(ledger == place.ledger for ledger, _ in self.ledgers) and place <= max(
            self.end, self.confirmed
        )


def position_text(position: Sequence[Place]) -> str:
    return "-".join(f"{place.ledger:x}.{place.entry + 1:x}" for place in position)


def position_of(text: str) -> Position:
    """The places behind a position. Raises InvalidInput (parameter "position")."""
    parts = text.split("-")
    found = [match for part in parts if (match := _PLACE.fullmatch(part))]
    places = [Place(int(match[1], 16), int(match[2], 16) - 1) for match in found]
    if len(parts) != PARTITIONS or len(places) != PARTITIONS or max(map(max, places)) > NUMBER_MAX:
        fault = FieldError(parameter="position", expected="a position", got=text[:40])
        raise InvalidInput("the position is not one of this stream", errors=[fault])
    return places


def event_text(place: Place) -> str:
    """The position of one event inside its partition, as a subscription gives it."""
    return position_text([place])


def event_place(text: str) -> Place:
    """The place behind `event_text`. Raises InvalidInput (parameter "position")."""
    match = _PLACE.fullmatch(text)
    if match is None:
        fault = FieldError(parameter="position", expected="an event's position", got=text[:40])
        raise InvalidInput("this is no event of a subscription", errors=[fault])
    return Place(int(match[1], 16), int(match[2], 16) - 1)
