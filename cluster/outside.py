"""The way to other people's servers, as the settings have it: for poller, edge and commands."""

from backends.fetch.http import FetchLimits, HttpFetcher, user_agent
from cluster.settings import Settings
from services.polling.outside import Outside


def make(settings: Settings) -> Outside:
    """Not open yet: whoever uses it opens and closes its fetcher."""
    fetcher = HttpFetcher(
        user_agent=user_agent(settings.feeds.contact),
        limits=FetchLimits(pause_s=settings.feeds.pause_s),
        allow_private=settings.feeds.allow_private,
    )
    return Outside(fetcher, settings.sources.credentials)
