"""Which posting of a cluster stands for all, and what the others add to it.

What a posting says of itself proves nothing: anybody can submit a copy in an employer's name. So
what was polled stands before what an account submitted; of what was polled, the board that the
employer uses before the copy of an aggregator, and what the operator chose to poll before what an
account did; then the one that was seen first, so that a copy that comes later takes over nothing.

The one that stands for all shows its own text and facts, and besides the places and the sources of
the others: but not those that somebody only claims, where it was polled itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from urllib.parse import urlsplit

from models.posting import Merged, Place, Posting, Source

AGGREGATORS = frozenset(
    {
        "arbeitnow.com",
        "himalayas.app",
        "jobicy.com",
        "news.ycombinator.com",
        "remoteok.com",
        "remoteok.io",
        "remotive.com",
        "remotive.io",
        "simplyhired.com",
        "totaljobs.com",
        "weworkremotely.com",
        "xing.com",
        "ziprecruiter.com",
    }
)
"""Domains of boards that repeat what employers publish elsewhere."""
_IN_COUNTRIES = re.compile(
    r"(?:^|\.)(?:adzuna|glassdoor|indeed|jooble|linkedin|monster|stepstone)"
    r"\.(?:[a-z]{2,3}|com?\.[a-z]{2})"
)
"""Aggregators with a domain in each country."""
SOURCES_MAX = 50
PLACES_MAX = 200


class Backing(IntEnum):
    """Who stands behind what a posting says, the surest first.

    `OPERATOR`: a source that the operator polls. `BOARD`: the board of that employer's name, on a
    platform where employers publish, which an account has had polled. `CLAIM`: an account alone, by
    form, import, or an address of its own that is polled.
    """

    OPERATOR = 0
    BOARD = 1
    CLAIM = 2


@dataclass(frozen=True, slots=True)
class Member:
    """A posting of a cluster that is on the board."""

    posting: Posting
    backing: Backing

    @property
    def id(self) -> str:
        return self.posting.id

    @property
    def rank(self) -> tuple[bool, bool, Backing, datetime, str]:
        """The least of a cluster stands for it. Where somebody claims to have found a posting says
        nothing, so of claims only the time counts."""
        claimed = self.backing is Backing.CLAIM
        aggregated = not claimed and is_aggregated(self.posting)
        return claimed, aggregated, self.backing, self.posting.first_seen_at, self.id


def is_aggregated(posting: Posting) -> bool:
    """Whether the posting was found on a board that repeats others."""
    address = posting.given.url or posting.given.apply_url
    try:
        host = urlsplit(address).hostname if address else None
    except ValueError:  # what stands in the brackets of an address is no IPv6
        host = None
    if host is None:
        return False
    labels = host.split(".")
    domains = {".".join(labels[at:]) for at in range(len(labels))}
    return not AGGREGATORS.isdisjoint(domains) or any(map(_IN_COUNTRIES.fullmatch, domains))


def merged(first: Member, others: Iterable[Member], count: int) -> Merged:
    """What `first` shows, which stands for a cluster of `count` postings, of these `others`."""
    listed = [first, *others]
    adding = [member.posting for member in listed[1:] if _adds(member, first)]
    former = {c for member in listed[1:] for c in member.posting.former_clusters}
    return Merged(
        members=tuple(sorted(member.id for member in listed)),
        count=count,
        places=_new_places(first.posting, adding),
        sources=_new_sources(adding),
        former_clusters=tuple(sorted(former)),
    )


def _adds(member: Member, first: Member) -> bool:
    """A claim adds nothing to what was polled: a stranger could lead its readers to his address, or
    have it found wherever he likes."""
    return member.backing is not Backing.CLAIM or first.backing is Backing.CLAIM


def _new_places(first: Posting, others: Iterable[Posting]) -> tuple[Place, ...]:
    places = {place.id: place for other in others for place in _own_places(other)}
    for place in _own_places(first):
        places.pop(place.id, None)
    return tuple(places.values())[:PLACES_MAX]


def _own_places(posting: Posting) -> tuple[Place, ...]:
    return posting.derived.places if posting.derived is not None else ()


def _new_sources(others: Iterable[Posting]) -> tuple[Source, ...]:
    return tuple(source for other in others for source in other.sources)[:SOURCES_MAX]
