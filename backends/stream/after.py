"""Where a subscription begins that is to take over from others: the same rule for every adapter.

A place is whatever the adapter numbers events of one partition by; a smaller one is further behind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from backends.stream.base import PARTITIONS, After, Mode, Start


class Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


P = TypeVar("P", bound=Ordered)


def check_start(mode: Mode, start: Start) -> None:
    """Raises ValueError where a shared subscription is to begin after others: its events are
    acknowledged one by one, so it stands nowhere."""
    if mode == "shared" and isinstance(start, After):
        raise ValueError("only an ordered subscription begins after others")


@dataclass(frozen=True, slots=True)
class Standing(Generic[P]):
    """Where one subscription stands: `begin` is the place where each partition begins for it,
    `places` how far the partitions are acknowledged that somebody has claimed."""

    begin: Sequence[P]
    places: Mapping[int, P]


def furthest_behind(standings: Iterable[Standing[P]], nothing: P) -> list[P]:
    """The begin of each partition for whoever comes after all of them; `nothing` is the place
    before the first event, where whoever comes after nobody begins."""
    found = list(standings)
    return [
        min((_place(each, number) for each in found), default=nothing)
        for number in range(PARTITIONS)
    ]


def _place(standing: Standing[P], number: int) -> P:
    return standing.places.get(number, standing.begin[number])
