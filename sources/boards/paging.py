"""Pages that are counted until they end, for platforms whose own links to the next page mislead.

Each further request carries a fingerprint of the page before it (in its `step`), so that a server
that answers every number with the same page is noticed by the reader of a single answer.
"""

import hashlib
from collections.abc import Sequence

from sources.platform import Request

_AFTER = "after:"


def repeats(request: Request, ids: Sequence[str | None]) -> bool:
    """Whether a page with these postings is the one before it again."""
    return request.step == _AFTER + _fingerprint(ids)


def following(request: Request, url: str, ids: Sequence[str | None]) -> Request:
    """The request for the page after the one that has these postings."""
    return Request(url, step=_AFTER + _fingerprint(ids), page=request.page + 1)


def _fingerprint(ids: Sequence[str | None]) -> str:
    return hashlib.sha256("\n".join(id_ or "" for id_ in ids).encode()).hexdigest()[:16]
