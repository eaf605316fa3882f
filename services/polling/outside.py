"""The way to other people's servers: what fetches, what reads the answers, whose credentials go
along.

Credentials are put onto a request here, at the moment it is sent, and are kept nowhere else: not in
a feed, not in an error, not in a log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from backends.fetch.base import Fetcher, Wanted
from sources.discover import boards_in
from sources.platform import Board, Platform, Request
from sources.platforms import PLATFORMS, recognise

ANSWER_MAX_BYTES = 1 << 30
"""The largest answer that is read as a stream; what is kept whole has its own, lower limit."""


@dataclass(frozen=True, slots=True)
class Outside:
    """`credentials` by platform and name; `platforms` by name. `recognise` tells whose board an
    address is, `discover` which boards a page shows, the most certain first."""

    fetcher: Fetcher
    credentials: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    platforms: Mapping[str, Platform] = field(default_factory=lambda: PLATFORMS)
    recognise: Callable[[str], Board | None] = recognise
    discover: Callable[[bytes, str, str | None], tuple[Board, ...]] = boards_in

    def wanted(
        self,
        platform: Platform,
        request: Request,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Wanted:
        """The request as it is sent, by the platform's terms and with its credentials."""
        if platform.authorise is not None:
            request = platform.authorise(request, self.credentials.get(platform.name, {}))
        return Wanted(
            url=request.url,
            headers=request.headers,
            etag=etag,
            last_modified=last_modified,
            time_s=platform.terms.timeout_s,
            size=ANSWER_MAX_BYTES,
            concurrency=platform.terms.concurrency,
            robots=platform.terms.robots,
        )

    def lacking(self, platform: Platform) -> tuple[str, ...]:
        """The settings that this platform needs and that are not there."""
        given = self.credentials.get(platform.name, {})
        return tuple(
            setting_of(platform.name, name) for name in platform.secrets if not given.get(name)
        )


def setting_of(platform: str, name: str) -> str:
    """The setting that holds this credential."""
    return f"JOBRAY_SOURCES_{platform}_{name}".upper()
