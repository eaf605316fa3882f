"""What was told, held against what had to be told: pure, so that it is tested by itself.

A *telling* is an alert and a vacancy (copies and revisions of one posting are one vacancy). Each
that must be told is told exactly once in the inbox, and by mail where the alert wants mail. A mail
may come again after a crash, but then it carries the Message-ID it had: a copy, which the row's
goal bounds. Another Message-ID for the same telling is a second telling.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Telling = tuple[str, int]
"""An alert's id and a vacancy's number."""


@dataclass(frozen=True, slots=True)
class Expected:
    """`must` be told, `may` be told (a posting that raced its alert), by the oracle; `mailed` are
    the alerts that want mail as well."""

    must: frozenset[Telling]
    may: frozenset[Telling]
    mailed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived."""

    telling: Telling
    message_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts. `lost` and `twice` are of inbox and mail together."""

    posted: int
    expected: int
    lost: int
    twice: int
    untrue: int
    copies: int
    inversions: int

    def faults(self) -> list[str]:
        """What must never happen, as sentences."""
        named = (
            (self.lost, "was lost", "were lost"),
            (self.twice, "was told twice", "were told twice"),
            (self.untrue, "was told and does not match", "were told and do not match"),
            (self.inversions, "came out of order", "came out of order"),
        )
        found = [f"{n} {one if n == 1 else many}" for n, one, many in named if n]
        return found if self.expected else [*found, "nothing was expected: the row shows nothing"]


def check(
    expected: Expected,
    told: Sequence[Telling],
    mails: Sequence[Mail],
    *,
    posted: int,
    inversions: int,
) -> Verdict:
    """The verdict on what the sinks saw; `told` are the inboxes' entries, in any order."""
    seen = Counter(told)
    ids: defaultdict[Telling, Counter[str]] = defaultdict(Counter)
    for mail in mails:
        ids[mail.telling][mail.message_id] += 1
    return Verdict(
        posted=posted,
        expected=len(expected.must),
        lost=len(expected.must - set(seen)) + len(missing_mails(expected, mails)),
        twice=_repeated(seen) + sum(len(each) - 1 for each in ids.values()),
        untrue=len((set(seen) | set(ids)) - expected.may),
        copies=sum(map(_repeated, ids.values())),
        inversions=inversions,
    )


def missing_mails(expected: Expected, mails: Sequence[Mail]) -> set[Telling]:
    """What had to be mailed and was not."""
    wanted = {telling for telling in expected.must if telling[0] in expected.mailed}
    return wanted - {mail.telling for mail in mails}


def _repeated(counts: Mapping[Any, int]) -> int:
    return sum(n - 1 for n in counts.values())


def inversions(order: Sequence[str], seen: Iterable[str]) -> int:
    """How many of `seen` came after one that stands later in `order`, both taken at the first sight
    of each item; what is not part of the order is passed over."""
    places = {item: place for place, item in enumerate(dict.fromkeys(order))}
    met = [places[item] for item in dict.fromkeys(seen) if item in places]
    return descents(met)


def descents(numbers: Iterable[int]) -> int:
    """How many of the numbers are smaller than one before them."""
    found, highest = 0, None
    for number in numbers:
        if highest is not None and number < highest:
            found += 1
        else:
            highest = number
    return found
