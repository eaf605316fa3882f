"""SmartRecruiters: addresses, the list and its paging, and the postings' own answers."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.posting import EmploymentType, Given, Level, Mode
from sources.boards.smartrecruiters import PLATFORM
from sources.platform import Board, Page, Request
from tests.unit.sources.mangled import check, feed, postings, read

FEED, POSTING = feed("smartrecruiters.json"), feed("smartrecruiters_posting.json")
BOARD = Board("smartrecruiters", "EmberWorks", "api.smartrecruiters.com", "Ember Works")
POSTINGS = "https://api.smartrecruiters.com/v1/companies/EmberWorks/postings"
DETAIL = Request(f"{POSTINGS}/744000012345678", step="posting")


def one(**changed: Any) -> Given:
    posting = orjson.loads(POSTING) | changed
    (found,) = postings(PLATFORM, BOARD, orjson.dumps(posting), DETAIL)
    return found


def listed(size: int, begin: int = 0, **answer: Any) -> bytes:
    """So many postings of the list, from the one at `begin` on."""
    listing = orjson.loads(FEED)["content"][0]
    content = [listing | {"id": str(744000000000000 + n)} for n in range(begin, begin + size)]
    return orjson.dumps({"limit": 100, "content": content} | answer)


@pytest.mark.parametrize(
    "url",
    [
        "careers.smartrecruiters.com/EmberWorks",
        "https://jobs.smartrecruiters.com/EmberWorks/744000012345678-process-engineer?oga=true",
        "https://JOBS.smartrecruiters.com/oneclick-ui/company/EmberWorks/publication/x?dcr_ci=y",
        "https://api.smartrecruiters.com/v1/companies/EmberWorks/postings?limit=10",
    ],
)
def test_addresses_of_a_board(url: str) -> None:
    assert PLATFORM.recognise(url) == BOARD


@pytest.mark.parametrize(
    "url",
    [
        "https://www.smartrecruiters.com/pricing",
        "https://jobs.smartrecruiters.com/",
        "https://jobs.smartrecruiters.com/oneclick-ui/settings",
        "https://jobs.smartrecruiters.com/..%2f",
        "https://api.smartrecruiters.com/v1/jobs",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_list_gives_what_is_to_be_asked_for() -> None:
    first = PLATFORM.start(BOARD)
    assert first == Request(f"{POSTINGS}?limit=100&offset=0")
    found, rest = read(PLATFORM, BOARD, FEED, first)
    assert (found, rest.next, rest.total) == ([], (), 2)
    assert [(one.external_id, one.request) for one in rest.pending] == [
        ("744000012345678", DETAIL),
        ("744000012345679", Request(f"{POSTINGS}/744000012345679", step="posting")),
    ]
    assert rest.pending[0].mark.startswith("2026-10-12T07:30:00+00:00 ")


@pytest.mark.parametrize(
    "change", [{"name": "Engineer"}, {"releasedDate": "2026-10-14T07:30:00Z"}, {"location": {}}]
)
def test_the_mark_changes_with_the_listing_and_with_nothing_else(change: dict[str, Any]) -> None:
    def mark(listing: dict[str, Any]) -> str:
        _, rest = read(PLATFORM, BOARD, orjson.dumps({"content": [listing]}))
        return rest.pending[0].mark

    listing = orjson.loads(FEED)["content"][0]
    assert mark(dict(reversed(listing.items()))) == mark(listing)
    assert mark(listing | change) != mark(listing)


def test_a_listing_without_an_id_costs_itself_only() -> None:
    content = [{"id": "../x"}, {"name": "No id"}, 5, {"id": "1"}, {"id": 744}]
    found, rest = read(PLATFORM, BOARD, orjson.dumps({"content": content, "totalFound": 5}))
    assert [(parsed.line, parsed.errors[0].pointer) for parsed in found] == [
        (1, "/id"),
        (2, "/id"),
        (3, "/id"),
    ]
    assert [pending.external_id for pending in rest.pending] == ["1", "744"]


def test_a_listing_nested_too_deep_costs_itself_only() -> None:
    deep = b'{"id": "1", "x": ' + b"[" * 1015 + b"]" * 1015 + b"}"
    found, rest = read(PLATFORM, BOARD, b'{"content": [' + deep + b', {"id": "2"}]}')
    assert [parsed.errors[0].got for parsed in found] == ["one that is nested too deep"]
    assert [pending.external_id for pending in rest.pending] == ["2"]


def test_pages_are_asked_for_until_the_total() -> None:
    request = PLATFORM.start(BOARD)
    seen: list[str] = []
    for size in (100, 100, 30):
        offset = len(seen)
        body = listed(size, offset, offset=offset, totalFound=230)
        _, rest = read(PLATFORM, BOARD, body, request)
        seen += [pending.external_id for pending in rest.pending]
        assert rest.total == 230
        if len(seen) < 230:
            (request,) = rest.next
            assert request.url == f"{POSTINGS}?limit=100&offset={len(seen)}"
    assert (len(set(seen)), rest.next) == (230, ())


def test_a_smaller_limit_of_the_server_is_followed() -> None:
    _, rest = read(PLATFORM, BOARD, listed(50, limit=50, offset=0, totalFound=120))
    (second,) = rest.next
    assert (second.url, second.page) == (f"{POSTINGS}?limit=100&offset=50", 2)


@pytest.mark.parametrize(
    "size, total, more",
    [(100, 100, False), (100, 101, True), (0, 300, False), (100, None, True), (99, None, False)],
)
def test_where_the_list_ends(size: int, total: int | None, more: bool) -> None:
    _, rest = read(PLATFORM, BOARD, listed(size, offset=0, totalFound=total))
    assert bool(rest.next) is more


def test_a_server_that_repeats_a_page_is_broken() -> None:
    (second,) = read(PLATFORM, BOARD, listed(100))[1].next
    (fault,) = check(PLATFORM, BOARD, listed(100), second)
    assert (fault.broken, fault.errors[0].got) == (True, "those before them again")


def test_a_server_that_names_another_offset_is_broken() -> None:
    second = Request(f"{POSTINGS}?limit=100&offset=100", page=2)
    found, rest = read(PLATFORM, BOARD, listed(100, offset=0, totalFound=10_000), second)
    (fault,) = found
    assert fault.broken
    assert (fault.errors[0].expected, fault.errors[0].got) == (
        "the postings from 100 on",
        "those from 0",
    )
    assert rest == Page(records=(fault,))


def test_a_server_that_never_ends_is_left() -> None:
    last = Request(f"{POSTINGS}?limit=100&offset=19900", page=200)
    found, rest = read(PLATFORM, BOARD, listed(100, totalFound=10**9), last)
    assert (found[-1].broken, len(rest.pending), rest.next) == (True, 100, ())


def test_a_posting_with_everything() -> None:
    (found,) = postings(PLATFORM, BOARD, POSTING, DETAIL)
    page = "https://jobs.smartrecruiters.com/EmberWorks/744000012345678-process-engineer"
    assert found == Given(
        title="Process Engineer",
        description="<h3>Company Description</h3>\n<p>We make kilns.</p>"
        "\n<h3>What you do</h3>\n<ul><li>Tune the line</li></ul>"
        "\n<h3>Qualifications</h3>\n<p>A degree, or years.</p>",
        company="Ember Works",
        locations=("Katowice, SL, Poland",),
        mode=Mode.HYBRID,
        employment_type=EmploymentType.FULL_TIME,
        level=Level.JUNIOR,
        category="Manufacturing",
        url=page,
        apply_url=f"{page}?oga=true",
        external_id="744000012345678",
        posted_at=datetime(2026, 10, 12, 7, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "location, place",
    [
        ({"city": "Bengaluru", "region": "KA", "country": "in"}, "Bengaluru, KA, India"),
        ({"fullLocation": "Graz", "country": "at"}, "Graz, Austria"),
        ({"country": "us", "remote": True}, "United States"),
        ({"city": "Singapore", "region": "", "country": "sg"}, "Singapore"),
    ],
)
def test_places_name_their_country(location: dict[str, Any], place: str) -> None:
    assert one(location=location).locations == (place,)


@pytest.mark.parametrize(
    "location, mode",
    [
        ({"remote": True, "hybrid": False}, Mode.REMOTE),
        ({"remote": True}, Mode.REMOTE),
        ({"remote": False, "hybrid": True}, Mode.HYBRID),
        ({"remote": True, "hybrid": True}, None),
        ({"remote": False, "hybrid": False}, None),
        ({"remote": "yes"}, None),
    ],
)
def test_the_mode_is_what_is_stated(location: dict[str, Any], mode: Mode | None) -> None:
    assert one(location=location).mode is mode


@pytest.mark.parametrize("level", ["associate", "mid_senior_level", "not_applicable", None])
def test_a_level_that_means_several_is_left_out(level: str | None) -> None:
    assert one(experienceLevel={"id": level}).level is None


def test_a_posting_without_an_address_has_the_one_that_its_id_gives() -> None:
    assert one(postingUrl=None).url == "https://jobs.smartrecruiters.com/EmberWorks/744000012345678"


def test_a_web_page_instead_of_a_posting_is_broken() -> None:
    (fault,) = check(PLATFORM, BOARD, b"<html>", DETAIL)
    assert fault.broken
