"""All platforms by name, and which of them an address belongs to.

The order is that of asking: platforms with hosts of their own first, then files that say by their
names what they are. An address that none of them knows may still be the page of a company that has
its jobs on one of them: `sources.discover` reads such pages.
"""

from collections.abc import Mapping

from sources.boards import (
    adzuna,
    arbeitnow,
    ashby,
    greenhouse,
    hackernews,
    lever,
    personio,
    recruitee,
    remoteok,
    remotive,
    schema_org,
    smartrecruiters,
    usajobs,
    workable,
)
from sources.formats import indeed, rss
from sources.platform import Board, Platform

_OF_EMPLOYERS = (
    greenhouse.PLATFORM,
    lever.PLATFORM,
    ashby.PLATFORM,
    workable.PLATFORM,
    smartrecruiters.PLATFORM,
    recruitee.PLATFORM,
    personio.PLATFORM,
)
_OF_MANY = (
    remotive.PLATFORM,
    remoteok.PLATFORM,
    arbeitnow.PLATFORM,
    hackernews.PLATFORM,
    usajobs.PLATFORM,
    adzuna.PLATFORM,
)
_OF_ANYBODY = (schema_org.PLATFORM, indeed.PLATFORM, rss.PLATFORM)

EMPLOYERS = frozenset(platform.name for platform in _OF_EMPLOYERS)
"""The platforms on which an employer publishes on a board of its own, under its name."""
PLATFORMS: Mapping[str, Platform] = {
    platform.name: platform for platform in (*_OF_EMPLOYERS, *_OF_MANY, *_OF_ANYBODY)
}


def recognise(url: str) -> Board | None:
    """The board that the address belongs to; None where the address alone does not tell. Raises
    nothing, whatever is pasted."""
    boards = (platform.recognise(url) for platform in PLATFORMS.values())
    return next((board for board in boards if board is not None), None)


def recognise_employer(url: str) -> Board | None:
    """As `recognise`, but only a board that belongs to one company: what a company's own page
    links to when it links to its jobs."""
    boards = (platform.recognise(url) for platform in _OF_EMPLOYERS)
    found = next((board for board in boards if board is not None), None)
    return found or rss.teamtailor(url)
