"""Who stands behind the postings of a cluster: what is known of where they came from.

Only what was polled is backed by more than an account's word. Its owner is the feed, which no
person can act as, and the feed tells who chose it: the operator, or an account. An account can have
anything polled, also pages of its own making; what it has polled is backed where it is the board of
just that employer's name, on a platform where employers publish.
"""

from collections.abc import Sequence

from backends.documents.base import Documents
from backends.documents.collections import FEEDS
from models.feed import Feed
from models.posting import Posting
from processing.copies.canonical import Backing, Member
from processing.copies.employers import employer_key
from sources.platforms import EMPLOYERS

_OWNER = "feed:"
"""What the owner of polled postings is called: this and the feed's id. People have UUIDs."""


async def backed(documents: Documents, postings: Sequence[Posting]) -> list[Member]:
    """The postings, each with its backing. Raises Unavailable."""
    owners = {posting.owner_id for posting in postings if posting.owner_id.startswith(_OWNER)}
    ids = sorted(owner.removeprefix(_OWNER) for owner in owners)
    found = await documents.get_many(FEEDS, ids) if ids else {}
    feeds = {f"{_OWNER}{id_}": Feed.from_store(found[id_].body) for id_ in found}
    return [Member(posting, _backing(posting, feeds.get(posting.owner_id))) for posting in postings]


def _backing(posting: Posting, feed: Feed | None) -> Backing:
    if feed is None:
        return Backing.CLAIM
    if feed.added_by is None:
        return Backing.OPERATOR
    return Backing.BOARD if _is_board_of(feed, posting.given.company) else Backing.CLAIM


def _is_board_of(feed: Feed, company: str) -> bool:
    """Whether it is the board of this name on such a platform. A board that is known by a host is
    not: anybody can have a domain, and answer there as the platform does."""
    is_host = "." in feed.token
    is_named = employer_key(feed.token) == employer_key(company)
    return feed.platform in EMPLOYERS and is_named and not is_host
