"""What the walk over a board's answers makes of their headers."""

import json
from collections.abc import Sequence

import pytest

from services.polling.answers import Walk
from services.polling.single_postings import Due, Records
from sources.boards import schema_org
from sources.formats import rss
from sources.platform import Board, Pending, Platform
from tests.polled import Reply, ScriptedFetcher, outside_of

SITE = "https://acme.example"
JOB = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Повар",
    "description": "<p>Суп</p>",
    "hiringOrganization": {"@type": "Organization", "name": "Завод"},
}
PAGE = (
    '<html><script type="application/ld+json">'
    f"{json.dumps(JOB, ensure_ascii=False)}</script></html>"
)
SITEMAP = f"<urlset><url><loc>{SITE}/jobs/1</loc></url></urlset>"
FEED = "<rss><channel><item><title>Повар at Завод</title><guid>1</guid></item></channel></rss>"


async def everything(listed: Sequence[Pending]) -> list[Due]:
    return [Due(pending) for pending in listed]


@pytest.mark.parametrize(
    ("platform", "answers"),
    [
        (schema_org.PLATFORM, {f"{SITE}/jobs": PAGE}),
        (schema_org.PLATFORM, {f"{SITE}/sitemap.xml": SITEMAP, f"{SITE}/jobs/1": PAGE}),
        (rss.PLATFORM, {f"{SITE}/jobs.rss": FEED}),
    ],
    ids=["page", "page of a sitemap", "feed"],
)
async def test_an_encoding_that_only_the_headers_name(
    platform: Platform, answers: dict[str, str]
) -> None:
    fetcher = ScriptedFetcher(
        {
            url: Reply(text.encode("windows-1251"), content_type="text/html; charset=windows-1251")
            for url, text in answers.items()
        }
    )
    board = Board(platform.name, next(iter(answers)), "acme.example", "")
    walk = Walk(outside_of(fetcher, platform), platform, board)
    found: list[Records] = [each async for each in walk.records(fresh=everything)]
    assert walk.failed is None
    (given,) = [record.given for each in found for record in each.parsed if record.given]
    assert (given.title, given.company) == ("Повар", "Завод")
