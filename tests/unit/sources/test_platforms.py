"""The registry: all sixteen, and which of them an address belongs to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.platforms import PLATFORMS, recognise, recognise_employer
from tests.examples import examples

ADDRESSES = {
    "https://boards.greenhouse.io/acme": "greenhouse",
    "https://jobs.lever.co/acme": "lever",
    "https://jobs.ashbyhq.com/acme": "ashby",
    "https://apply.workable.com/acme": "workable",
    "https://careers.smartrecruiters.com/Acme": "smartrecruiters",
    "https://acme.recruitee.com": "recruitee",
    "https://acme.jobs.personio.de": "personio",
    "https://acme.jobs.personio.de/xml?language=en": "personio",
    "https://remotive.com/remote-jobs": "remotive",
    "https://remoteok.com": "remoteok",
    "https://www.arbeitnow.com": "arbeitnow",
    "https://news.ycombinator.com/item?id=1": "hackernews",
    "https://www.usajobs.gov/search/results/?k=nurse": "usajobs",
    "https://www.adzuna.co.uk/search?q=a": "adzuna",
    "https://acme.example/sitemap.xml": "schema_org",
    "https://acme.teamtailor.com/sitemap.xml": "schema_org",
    "https://acme.example/indeed/feed.xml": "indeed",
    "https://acme.example/feed": "rss",
    "https://acme.teamtailor.com": "rss",
}


def test_there_are_sixteen_by_their_names() -> None:
    assert len(PLATFORMS) == 16
    assert all(platform.name == name for name, platform in PLATFORMS.items())
    assert set(ADDRESSES.values()) == set(PLATFORMS)


def test_who_needs_credentials_says_how_they_are_added() -> None:
    assert all(bool(p.secrets) == (p.authorise is not None) for p in PLATFORMS.values())
    assert {name for name, p in PLATFORMS.items() if p.secrets} == {"adzuna", "usajobs"}


@pytest.mark.parametrize("url, name", ADDRESSES.items())
def test_an_address_is_known_by_its_platform(url: str, name: str) -> None:
    board = recognise(url)
    assert board is not None
    assert board.platform == name
    request = PLATFORMS[name].start(board)
    assert request.page == 1
    assert request.url.startswith("https://")


@pytest.mark.parametrize(
    "url", ["https://acme.example/careers", "https://www.lever.co/pricing", ""]
)
def test_an_address_that_does_not_tell(url: str) -> None:
    assert recognise(url) is None


@pytest.mark.parametrize(
    "url, known",
    [
        ("https://jobs.lever.co/acme", True),
        ("https://acme.teamtailor.com/jobs", True),
        ("https://remoteok.com", False),
        ("https://acme.example/feed", False),
        ("https://www.teamtailor.com/", False),
    ],
)
def test_boards_of_one_employer(url: str, known: bool) -> None:
    assert (recognise_employer(url) is not None) is known


HOSTS = st.sampled_from([url.split("/")[2] for url in ADDRESSES])


@given(
    st.text(max_size=40)
    | st.builds("https://{}/{}".format, HOSTS, st.text(alphabet="a/.%?=&#:@\\ 2F\0é", max_size=30))
)
@settings(max_examples=examples(500), deadline=None)
def test_whatever_is_pasted_leads_to_a_clean_request_or_nowhere(url: str) -> None:
    board = recognise(url)
    if board is None:
        return
    asked = PLATFORMS[board.platform].start(board).url
    assert asked.startswith(("http://", "https://"))
    assert asked.split("/")[2] == board.host
    assert not any(c.isspace() or c < " " for c in asked)
