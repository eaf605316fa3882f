"""What is known of the page of a single posting, and when it is asked for again.

The page of one posting has its mark in that posting's item. A page with several postings, with none
or with one that could not be read is an item of its own, which `holds` what stands on it: as long
as its mark is the same they are seen. Nothing known is lost by one look: a page that could not be
read holds what it held, and one on which a posting is missing has no mark, so that it is looked at
again before that is believed.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.feed import FeedItem
from services.polling.single_postings import Due
from sources.platform import Pending

RETRY_MAX = timedelta(days=1)
"""The longest time between two tries of a page that cannot be read."""


def page_name(external_id: str) -> str:
    """What the item of a page is called, beside that of a posting with the page's own id."""
    return f"page {external_id}"


def names_of(listed: Sequence[Pending]) -> list[str]:
    """What the items of these pages are called, of either kind."""
    ids = [each.external_id for each in listed]
    return [*ids, *map(page_name, ids)]


@dataclass(frozen=True, slots=True)
class KnownPage:
    """The open items of one page: of the posting that it is, of the page itself."""

    posting: FeedItem | None
    page: FeedItem | None

    @classmethod
    def of(cls, pending: Pending, items: Mapping[str, FeedItem]) -> "KnownPage":
        posting = items.get(pending.external_id)
        page = items.get(page_name(pending.external_id))
        return cls(
            posting if posting and not posting.closed else None,
            page if page and not page.closed else None,
        )

    @property
    def postings(self) -> tuple[str, ...]:
        """The ids of what stands on it."""
        held = self.page.holds if self.page else ()
        return (*held, self.posting.external_id) if self.posting else held

    @property
    def names(self) -> tuple[str, ...]:
        """Those, and what its own item is called."""
        return (*self.postings, self.page.external_id) if self.page else self.postings

    @property
    def faults(self) -> int:
        return self.page.faults if self.page else 0

    def due(self, pending: Pending, now: datetime, interval: timedelta) -> Due | None:
        """Whether its page is to be asked for, and why; None: it is as it was."""
        known = bool(self.postings)
        page = self.page
        if page is not None and page.faults and page.asked_at is not None:
            waits = now < page.asked_at + _wait(page.faults, interval)
            return Due(pending, known=known, failing=True, waits=waits, asked_at=page.asked_at)
        failing = page is not None and page.mark is None
        same = next((i for i in (self.posting, page) if i and i.mark == pending.mark), None)
        if same is None:
            return Due(pending, known=known, failing=failing)
        read_at = same.asked_at or same.updated_at
        if pending.believed_s is None or now < read_at + _believed(pending, pending.believed_s):
            return None
        return Due(pending, known=known, failing=failing, asked_at=read_at)


def _wait(faults: int, interval: timedelta) -> timedelta:
    """After the first fault the next round tries again, then each wait is twice as long."""
    return min(interval * ((1 << min(faults - 1, 20)) - 1), RETRY_MAX)


def _believed(pending: Pending, believed_s: int) -> timedelta:
    """Half of the time to all of it, so that pages that were read together do not stay together;
    always the same of one page."""
    share = zlib.crc32(pending.external_id.encode()) / 2**32
    return timedelta(seconds=believed_s * (0.5 + share / 2))
