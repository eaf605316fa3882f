"""Remote OK: addresses, terms, the legal notice among the jobs, and pay in dollars."""

from datetime import UTC, datetime

import orjson
import pytest

from models.money import Money
from models.posting import Given, Mode
from sources.boards.remoteok import PLATFORM
from sources.platform import Board
from tests.unit.sources.mangled import feed, postings, read

FEED = feed("remoteok.json")
BOARD = Board("remoteok", "all", "remoteok.com", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://remoteok.com/api",
        "remoteok.io",
        "https://www.remoteok.com/remote-python-jobs?benefits=401k",
        "https://remoteok.com/remote-jobs/remote-data-engineer-tidal-works-1093001",
    ],
)
def test_addresses_of_the_board(url: str) -> None:
    assert PLATFORM.recognise(url) == BOARD


@pytest.mark.parametrize("url", ["https://remoteok.com/hire-remotely", "https://remoteok.org"])
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_terms() -> None:
    assert (PLATFORM.terms.attribution, PLATFORM.listing) == ("Remote OK", "window")
    assert PLATFORM.start(BOARD).url == "https://remoteok.com/api"


def test_the_first_element_is_a_notice_and_no_job() -> None:
    first, second = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="Data Engineer",
        company="Tidal Works",
        description="<p>Move data.</p>",
        locations=("Worldwide",),
        mode=Mode.REMOTE,
        salary=Money(min=90_000, max=130_000, currency="USD"),
        skills=first.skills,
        url="https://remoteok.com/remote-jobs/remote-data-engineer-tidal-works-1093001",
        apply_url="https://remoteok.com/l/1093001",
        external_id="1093001",
        posted_at=datetime(2026, 11, 19, 10, tzinfo=UTC),
    )
    assert {skill.lower() for skill in first.skills} == {"python", "sql"}
    assert (second.external_id, second.salary, second.apply_url) == ("1093002", None, None)
    assert second.posted_at == datetime(2026, 11, 19, 10, tzinfo=UTC)


def test_a_list_without_a_notice_keeps_its_first_job() -> None:
    jobs = orjson.loads(FEED)[1:]
    assert len(postings(PLATFORM, BOARD, orjson.dumps(jobs))) == 2


def test_a_faulty_job_costs_only_itself() -> None:
    notice, first, second = orjson.loads(FEED)
    found, _ = read(PLATFORM, BOARD, orjson.dumps([notice, {**first, "position": 7}, 3, second]))
    assert [(p.line, p.given is not None) for p in found] == [(2, False), (3, False), (4, True)]
    assert [p.errors[0].pointer for p in found[:2]] == ["/title", ""]


def test_an_object_is_an_error() -> None:
    (found,), _ = read(PLATFORM, BOARD, b'{"error": "rate limited"}')
    assert (found.broken, found.errors[0].expected) == (True, "Remote OK's JSON array")
