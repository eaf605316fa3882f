"""Search and preview over an index of three postings; shorthand parameters."""

from datetime import timedelta

import pytest

from backends.documents.collections import POSTINGS
from matching.bounds import DEPTH_MAX, TESTS_MAX, depth, size
from models.criteria import UnknownPolicy
from models.errors import InvalidInput, InvalidQuery
from models.money import AnnualPay
from models.posting import Clearance, Derived, Given, Level, Mode
from processing.derive import Derivation
from services.alerting import lists, shorthand
from services.intake import postings
from services.search import searching
from services.search.searching import Asked

PASS, DROP = UnknownPolicy


async def publish(ports, title, *, company="Acme", text="Some text", **facts):
    posting = await postings.submit(
        ports, owner_id="o", given=Given(title=title, company=company), source="api"
    )
    derived = Derived(html=f"<p>{text}</p>", text=text, **facts)
    published = await postings.finish(ports, posting, Derivation(derived, "publish", ()))
    await ports.search.upsert([published])
    await ports.search.commit()
    return published


@pytest.fixture
async def board(ports, clock):
    """Three postings, each first seen a day after the one before; the last one today."""
    clock.now -= timedelta(days=2)
    remote = await publish(
        ports, "Data engineer", mode=Mode.REMOTE, text="Python and SQL", category="data"
    )
    clock.now += timedelta(days=1)
    senior = await publish(
        ports,
        "Senior data engineer",
        company="Bcme",
        level=Level.SENIOR,
        experience_years=5.0,
        clearance=Clearance.REQUIRED,
        pay_annual=AnnualPay(currency="USD", usd_min=90_000, usd_max=100_000),
    )
    clock.now += timedelta(days=1)
    cook = await publish(ports, "Cook", mode=Mode.ONSITE)
    return {"remote": remote.id, "senior": senior.id, "cook": cook.id}


async def found(ports, board, **asked):
    names = {id_: name for name, id_ in board.items()}
    result = await searching.search(ports, Asked(**asked))
    return [names[item["id"]] for item in result["items"]]


async def test_an_empty_query_finds_everything_newest_first(ports, board):
    assert await found(ports, board) == ["cook", "senior", "remote"]
    assert await found(ports, board, q="  ") == ["cook", "senior", "remote"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "engineer"}, {"remote", "senior"}),
        ({"q": "python OR cook"}, {"remote", "cook"}),
        ({"fields": {"title": "data engineer"}}, {"remote", "senior"}),
        ({"fields": {"title": "engineer", "company": "bcme"}}, {"senior"}),
        ({"q": "engineer", "fields": {"mode": "remote"}}, {"remote", "senior"}),
        ({"q": "engineer unknown:drop", "fields": {"mode": "remote"}}, {"remote"}),
        ({"q": "engineer", "fields": {"mode": "remote"}, "unknown": DROP}, {"remote"}),
        ({"q": "engineer unknown:drop mode:remote", "unknown": DROP}, {"remote"}),
        ({"q": "engineer", "fields": {"mode": "remote"}, "unknown": PASS}, {"remote", "senior"}),
        ({"q": "engineer OR cook", "fields": {"company": "acme"}}, {"remote", "cook"}),
        ({"fields": {"pay": "80k"}}, {"remote", "senior", "cook"}),
        ({"q": "unknown:drop engineer", "fields": {"pay": "95000USD/year"}}, {"senior"}),
        ({"fields": {"posted": "1d"}}, {"senior", "cook"}),
        ({"fields": {"level": "senior..staff", "title": "senior"}}, {"senior"}),
        ({"fields": {"level": ">=junior", "title": "senior"}}, {"senior"}),
        ({"fields": {"category": "data"}, "unknown": DROP}, {"remote"}),
        ({"fields": {"clearance": "required"}, "unknown": DROP}, {"senior"}),
        ({"fields": {"experience": "3"}}, {"remote", "cook"}),
        ({"fields": {"experience": "3..5"}, "unknown": DROP}, {"senior"}),
        ({"fields": {"source": "api"}}, {"remote", "senior", "cook"}),
        ({"fields": {"source": "import"}}, set()),
        ({"q": "-company:@agencies engineer"}, {"remote", "senior"}),
        ({"fields": {"company": "@agencies"}}, set()),
    ],
)
async def test_query_and_parameters_join_by_and(ports, board, asked, expected):
    assert set(await found(ports, board, **asked)) == expected


async def test_who_is_signed_in_can_name_lists_of_his_own(ports, board):
    await lists.create(ports, "u", "watched", "company", ("Bcme, Inc.",))
    for asked in (Asked(q="company:@watched"), Asked(fields={"company": "@watched"})):
        result = await searching.search(ports, asked, user_id="u")
        assert [item["company"] for item in result["items"]] == ["Bcme"]
        for other in ("other", None):
            with pytest.raises(InvalidQuery):
                await searching.search(ports, asked, user_id=other)


async def test_an_item_is_the_posting_with_score_and_highlights(ports, board):
    result = await searching.search(ports, Asked(q="title:engineer python", facets=("mode",)))
    [item] = result["items"]
    assert (item["id"], item["mode"]) == (board["remote"], "remote")
    assert item["score"] > 0
    marked = {(mark["field"], mark["text"]) for mark in item["highlights"]}
    assert marked == {("title", "engineer"), ("description", "Python")}
    assert "owner_id" not in item
    assert result["facets"] == {"mode": [{"value": "remote", "count": 1}]}
    assert (result["total"], result["next_cursor"]) == (1, None)
    assert result["took_ms"] >= 0


async def test_pages_follow_their_cursor(ports, board):
    first = await searching.search(ports, Asked(limit=2))
    assert (len(first["items"]), first["total"]) == (2, 3)
    rest = await searching.search(ports, Asked(limit=2, cursor=first["next_cursor"]))
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert set(ids) == set(board.values())
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIiwxLCJiIl0="])
async def test_a_cursor_that_is_not_ours_is_refused(ports, board, cursor):
    with pytest.raises(InvalidInput) as refused:
        await searching.search(ports, Asked(cursor=cursor))
    assert refused.value.errors[0].parameter == "cursor"


async def test_what_has_left_the_board_is_not_shown(ports, board):
    document = await ports.documents.get(POSTINGS, board["cook"])
    await ports.documents.replace(
        POSTINGS, document.id, document.body | {"status": "submitted"}, expected_version=2
    )
    await ports.documents.delete(POSTINGS, board["remote"])
    assert await found(ports, board) == ["senior"]


async def test_a_posting_under_revision_is_shown_as_it_was_published(ports, board):
    document = await ports.documents.get(POSTINGS, board["cook"])
    given = Given(title="Cook, BUY NOW", company="Acme")
    await postings.resubmit(ports, document, given)
    result = await searching.search(ports, Asked(q="cook"))
    assert [(item["title"], item["status"], item["version"]) for item in result["items"]] == [
        ("Cook", "published", 1)
    ]


@pytest.mark.parametrize(
    ("asked", "parameter", "position"),
    [
        ({"q": "python AND"}, "q", None),
        ({"q": "titel:x"}, "q", 0),
        ({"fields": {"level": "boss"}}, "level", 0),
        ({"fields": {"mode": "remote,moon"}}, "mode", 7),
        ({"fields": {"near": "Nowhereville"}}, "near", 0),
        ({"fields": {"pay": "lots"}}, "pay", 0),
        ({"fields": {"experience": "some"}}, "experience", 0),
        ({"facets": ("shoes",)}, "facets", None),
        ({"fields": {"visa": "perhaps"}}, "visa", 0),
        ({"fields": {"place": "Nowhereville"}}, "place", 0),
        ({"fields": {"category": "data,cookery"}}, "category", 5),
        ({"fields": {"clearance": "perhaps"}}, "clearance", 0),
        ({"fields": {"company": "@watched"}}, "company", None),
        ({"q": "cook unknown:drop", "unknown": PASS}, "unknown", None),
        ({"q": "cook unknown:pass", "unknown": DROP}, "unknown", None),
    ],
)
async def test_a_fault_names_its_parameter(ports, asked, parameter, position):
    with pytest.raises(InvalidInput) as refused:
        await searching.search(ports, Asked(**asked))
    fault = refused.value.errors[0]
    assert fault.parameter == parameter
    if position is not None:
        assert fault.position == position


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "a) OR (company:b"),
        ("title", "a) mode:(remote"),
        ("mode", "remote OR title:x"),
        ("mode", "remote unknown:drop"),
        ("visa", "offered OR title:x"),
        ("place", '"Leeds, GB" title:x'),
        ("skill", "python OR java level:senior"),
        ("near", '"Leeds, GB" title:x'),
        ("pay", ">=70k OR cook"),
        ("experience", "3 OR cook"),
        ("remote", "GB python"),
        ("posted", "7d first_seen<1d"),
        ("category", "data OR cook"),
        ("clearance", "required title:x"),
        ("source", "api OR title:x"),
    ],
)
def test_a_parameter_smuggles_in_no_other_clause(name, value):
    with pytest.raises(InvalidInput) as refused:
        shorthand.joined(None, {name: value})
    assert refused.value.errors[0].parameter == name


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"near": "Leeds, GB<40km"}, 'near:"Leeds, GB"<40km'),
        ({"near": '"Leeds, GB"<40km'}, 'near:"Leeds, GB"<40km'),
        ({"near": "Leeds, GB"}, 'near:"Leeds, GB"'),
        ({"place": "Leeds, GB"}, 'place:"Leeds, GB"'),
        ({"place": '"Leeds, GB","London, GB"'}, 'place:"Leeds, GB","London, GB"'),
        ({"visa": "offered"}, "visa:offered"),
        ({"skill": "python,machine learning"}, 'skill:python,"machine learning"'),
        ({"skill": "machine learning"}, 'skill:"machine learning"'),
        ({"pay": "70000GBP/year"}, "pay>=70000GBP/year"),
        ({"pay": "70k..90kEUR"}, "pay:70k..90kEUR"),
        ({"pay": "<=90kEUR"}, "pay<=90kEUR"),
        ({"experience": "3"}, "experience<=3"),
        ({"experience": ">=3"}, "experience>=3"),
        ({"experience": "2..5"}, "experience:2..5"),
        ({"employment": "full_time,contract"}, "employment:full_time,contract"),
        ({"lang": "en,de"}, "lang:en,de"),
        ({"posted": "7d"}, "posted<7d"),
        ({"remote": "GB"}, "remote:GB"),
        ({"category": "data,customer success"}, 'category:data,"customer success"'),
        ({"clearance": "not_required"}, "clearance:not_required"),
        ({"source": "greenhouse.io,api"}, "source:greenhouse.io,api"),
        ({"company": "@agencies"}, "company:@agencies"),
        ({"title": "engineer OR cook"}, "title:(engineer OR cook)"),
    ],
)
def test_a_parameter_is_the_clause_that_it_stands_for(fields, text):
    assert shorthand.joined(None, fields) == shorthand.joined(text, {})


def words(prefix, count):
    return " ".join(f"{prefix}{number}" for number in range(count))


def nested(levels):
    """An OR of an AND of an OR and so on, so many deep."""
    text = "b"
    for level in range(levels):
        operator = " OR " if (levels - level) % 2 else " "
        text = f"(a{level}{operator}{text})"
    return text


@pytest.mark.parametrize(
    ("q", "fields", "parameter"),
    [
        (words("a", 150), {"title": words("b", 60)}, "q"),
        (None, {"title": words("a", 150), "company": words("b", 60)}, "title"),
        (nested(DEPTH_MAX), {"title": "x"}, "q"),
    ],
    ids=["query", "parameters only", "depth"],
)
def test_what_is_joined_is_held_to_the_size_of_one_query(q, fields, parameter):
    with pytest.raises(InvalidQuery, match="at most") as refused:
        shorthand.joined(q, fields)
    assert [fault.parameter for fault in refused.value.errors] == [parameter]


def test_what_is_joined_may_be_as_large_as_one_query():
    criteria, _ = shorthand.joined(words("a", 140), {"title": words("b", 60)})
    assert criteria is not None
    assert size(criteria) == (TESTS_MAX, 0)
    criteria, _ = shorthand.joined(nested(DEPTH_MAX - 1), {"title": "x"})
    assert criteria is not None
    assert depth(criteria) == DEPTH_MAX


def test_the_query_s_policy_on_unknown_facts_holds():
    _, unknown = shorthand.joined("python unknown:drop", {"mode": "remote"})
    assert unknown is UnknownPolicy.DROP
    assert shorthand.joined(None, {}) == (None, None)
