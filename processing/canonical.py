"""Which posting of a cluster stands for all, and what the others add to it.

The employer's own posting, or the one on the platform that it uses, before the copy of an
aggregator; of those the one that was seen first, so that a copy that comes later takes over
nothing. It shows its own text and facts, and besides the places and the sources of all.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
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


def arranged(members: Sequence[Posting]) -> dict[str, tuple[str | None, Merged | None]]:
    """For each of the members (all on the board, of one cluster) by id its `canonical_id` and
    `merged`. The order of the members does not count."""
    if len(members) < 2:
        return {member.id: (None, None) for member in members}
    first, *others = sorted(members, key=_rank)
    merged = Merged(
        members=tuple(sorted(member.id for member in members)),
        places=_new_places(first, others),
        sources=_new_sources(first, others),
        former_clusters=tuple(sorted({c for other in others for c in other.former_clusters})),
    )
    return {first.id: (None, merged), **{other.id: (first.id, None) for other in others}}


def _rank(posting: Posting) -> tuple[bool, datetime, str]:
    return is_aggregated(posting), posting.first_seen_at, posting.id


def _new_places(first: Posting, others: Iterable[Posting]) -> tuple[Place, ...]:
    places = {place.id: place for other in others for place in _own_places(other)}
    for place in _own_places(first):
        places.pop(place.id, None)
    return tuple(places.values())[:PLACES_MAX]


def _own_places(posting: Posting) -> tuple[Place, ...]:
    return posting.derived.places if posting.derived is not None else ()


def _new_sources(first: Posting, others: Iterable[Posting]) -> tuple[Source, ...]:
    return tuple(source for other in others for source in other.sources)[:SOURCES_MAX]
