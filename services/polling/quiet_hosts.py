"""Hosts that want to be left alone: for how long, whichever feed of theirs was told so.

A fetcher knows that of the hosts that it asked itself. The feeds in the store know it for every
process, and after a restart: a poller, the edge and the command line are processes of their own.
"""

from backends.documents.base import Sort
from backends.documents.collections import FEEDS
from backends.documents.filters import And, Eq, Gt
from models.base import timestamp
from models.errors import Conflict
from models.feed import Feed
from services.ports import Ports


async def left_s(ports: Ports, host: str) -> float:
    """How many seconds from now nobody may ask this host; 0: it may be asked."""
    now = ports.clock()
    quiet = await ports.documents.find(
        FEEDS,
        And((Eq("host", host), Gt("quiet_until", timestamp(now)))),
        sort=Sort("quiet_until", descending=True),
        limit=1,
    )
    until = [Feed.from_store(document.body).quiet_until or now for document in quiet.items]
    return (max(until, default=now) - now).total_seconds()


async def refuse(ports: Ports, host: str) -> None:
    """Raises Conflict while this host wants to be left alone."""
    if wait_s := await left_s(ports, host):
        raise Conflict(
            f"{host} asked to be left alone for another {wait_s:.0f} s", retry_after_s=wait_s
        )
