"""What holds of every platform's answers, whatever comes instead of what is documented.

Each fixture is that documented answer; schema.org's sitemaps and pages have tests of their own.
"""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.platform import Board, Request
from sources.platforms import PLATFORMS
from tests.examples import examples
from tests.unit.sources.mangled import answers, check, cut, feed, mixed, untitled


@dataclass(frozen=True)
class Played:
    """One answer of a board; `request` None: the one it starts with."""

    board: Board
    fixture: str
    request: Request | None = None

    @property
    def is_json(self) -> bool:
        return self.fixture.endswith(".json")


SMART = Board("smartrecruiters", "EmberWorks", "api.smartrecruiters.com", "Ember Works")
SMART_POSTING = Request(
    "https://api.smartrecruiters.com/v1/companies/EmberWorks/postings/744000012345678",
    step="posting",
)
ANSWERS = [
    Played(Board("greenhouse", "amberline", "boards-api.greenhouse.io", ""), "greenhouse.json"),
    Played(Board("lever", "bluefinch", "api.lever.co", "Bluefinch"), "lever.json"),
    Played(Board("ashby", "Cobalt Kite", "api.ashbyhq.com", "Cobalt Kite"), "ashby.json"),
    Played(Board("workable", "dune-harbour", "apply.workable.com", ""), "workable.json"),
    Played(SMART, "smartrecruiters.json"),
    Played(SMART, "smartrecruiters_posting.json", SMART_POSTING),
    Played(Board("recruitee", "fernhill", "fernhill.recruitee.com", ""), "recruitee.json"),
    Played(Board("personio", "grauwald", "grauwald.jobs.personio.de", "Grau"), "personio.xml"),
    Played(Board("remotive", "all", "remotive.com", ""), "remotive.json"),
    Played(Board("remoteok", "all", "remoteok.com", ""), "remoteok.json"),
    Played(Board("arbeitnow", "all", "www.arbeitnow.com", ""), "arbeitnow.json"),
    Played(Board("hackernews", "whoishiring", "hn.algolia.com", ""), "hackernews_search.json"),
    Played(Board("hackernews", "45800001", "hn.algolia.com", ""), "hackernews_thread.json"),
    Played(
        Board("usajobs", "Keyword=nurse&LocationName=Denver", "data.usajobs.gov", ""),
        "usajobs.json",
    ),
    Played(Board("adzuna", "gb?what=welder&where=Leeds", "api.adzuna.com", ""), "adzuna.json"),
    Played(Board("indeed", "https://a.example/indeed.xml", "a.example", ""), "indeed.xml"),
    Played(Board("rss", "https://a.example/jobs.rss", "a.example", ""), "rss.xml"),
]
every_answer = pytest.mark.parametrize("played", ANSWERS, ids=lambda played: played.fixture)


def test_every_platform_is_played() -> None:
    assert {played.board.platform for played in ANSWERS} | {"schema_org"} == set(PLATFORMS)


@every_answer
@given(data=st.data())
@settings(max_examples=examples(300), deadline=None)
def test_nothing_it_answers_raises(played: Played, data: st.DataObject) -> None:
    mangled = answers if played.is_json else mixed
    body = data.draw(mangled(feed(played.fixture)))
    check(PLATFORMS[played.board.platform], played.board, body, played.request)


@every_answer
@given(data=st.data())
@settings(max_examples=examples(100), deadline=None)
def test_an_answer_that_ends_too_early_is_broken(played: Played, data: st.DataObject) -> None:
    """What is read as it comes keeps what came; what is read whole has nothing."""
    body = data.draw(cut(feed(played.fixture)))
    found = check(PLATFORMS[played.board.platform], played.board, body, played.request)
    assert found[-1].broken
    assert len(found) == 1 or not played.is_json


@every_answer
def test_a_record_that_cannot_be_read_says_whose_it_is(played: Played) -> None:
    """The same answer with all its titles gone: the same postings, none of them readable."""
    if played.fixture.startswith("hackernews"):
        return  # a comment has no title: what has none is talk
    platform, document = PLATFORMS[played.board.platform], feed(played.fixture)
    whole = check(platform, played.board, document, played.request)
    found = check(platform, played.board, untitled(document), played.request)
    named = [record.given.external_id if record.given else record.external_id for record in whole]
    assert all(record.given is None for record in found)
    assert [record.external_id for record in found] == named
