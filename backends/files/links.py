"""Signed links to files that no server but ours gives out: the name, the end, and our signature.

The link leads to a route of ours, which verifies the token and looks at the end itself. Whoever
holds it may download this one file until then, signed in or not; it can be neither lengthened nor
turned to another file. A link cannot be called back before its end: so it is made when it is asked
for, for minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from backends.files.base import LINK_MAX_S
from models import signing
from models.base import Clock

LINKS_PATH = "/api/v1/files/"
"""Where the edge serves them; the token comes behind it."""
_PURPOSE = "jobray file v1"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who holds it may download the file of this name before `expires_at`."""

    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes links that begin with `base`, up to where the token comes; `secret_key` signs them."""

    base: str
    secret_key: str = field(repr=False)
    clock: Clock

    def link(self, name: str, expires_s: float) -> str:
        """Raises ValueError where `expires_s` is out of range."""
        check_expiry(expires_s)
        expires_at = self.clock() + timedelta(seconds=expires_s)
        return self.base + sign(Grant(name, expires_at), self.secret_key)


def sign(grant: Grant, secret: str) -> str:
    """The token as URL-safe text. The end is kept in microseconds since 1970."""
    microseconds = round(grant.expires_at.timestamp() * 1e6)
    return signing.sign(f"{microseconds} {grant.name}".encode(), purpose=_PURPOSE, secret=secret)


def verify(token: str, secrets: Sequence[str]) -> Grant | None:
    """What the token grants, or None where no secret of these signed it. Does not look at the
    end."""
    payload = signing.verify(token, purpose=_PURPOSE, secrets=secrets)
    if payload is None:
        return None
    microseconds, _, name = payload.decode().partition(" ")
    return Grant(name, datetime.fromtimestamp(int(microseconds) / 1e6, UTC))


def check_expiry(expires_s: float) -> None:
    """Raises ValueError unless a link may live for this long."""
    if not 0 < expires_s <= LINK_MAX_S:
        raise ValueError(f"a link lives for up to {LINK_MAX_S} seconds, not {expires_s:g}")
