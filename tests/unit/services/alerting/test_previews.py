"""What an alert would have caught: counts by day, what a clause costs, what is not stated."""

from datetime import timedelta

import pytest

from backends.documents.collections import POSTINGS
from models.errors import InvalidQuery
from models.money import AnnualPay
from models.posting import Derived, Given, Level, Mode
from processing.derive import Derivation
from services.alerting import lists, previews
from services.alerting.previews import preview
from services.alerting.queries import QueryInput
from services.intake import postings

PAID = AnnualPay(currency="USD", usd_min=90_000, usd_max=100_000)


async def publish(ports, title, *, company="Acme", **facts):
    posting = await postings.submit(
        ports, owner_id="o", given=Given(title=title, company=company), source="api"
    )
    derived = Derived(html="", text="Some text", **facts)
    published = await postings.finish(ports, posting, Derivation(derived, "publish", ()))
    await ports.search.upsert([published])
    await ports.search.commit()
    return published


@pytest.fixture
async def board(ports, clock):
    """Three postings, each first seen a day after the one before; the last one today."""
    clock.now -= timedelta(days=2)
    await publish(ports, "Data engineer", mode=Mode.REMOTE)
    clock.now += timedelta(days=1)
    await publish(
        ports, "Senior data engineer", company="Bcme", level=Level.SENIOR, pay_annual=PAID
    )
    clock.now += timedelta(days=1)
    await publish(ports, "Cook", mode=Mode.ONSITE)


async def of(ports, query):
    return await preview(ports, "u", QueryInput(query=query))


def codes(seen):
    return [warning["code"] for warning in seen["warnings"]]


async def test_it_counts_days_and_shows_some(ports, board):
    seen = await of(ports, "title:engineer OR title:cook")
    assert seen["query"] == "title:(engineer OR cook)"
    assert seen["criteria"]["op"] == "or"
    assert (seen["count_30d"], seen["per_day"]) == (3, [0] * 27 + [1, 1, 1])
    titles = [card["title"] for card in seen["sample"]]
    assert titles == ["Cook", "Senior data engineer", "Data engineer"]
    assert (seen["warnings"], seen["near_misses"]) == ([], [])


async def test_it_looks_back_thirty_days(ports, board, clock):
    clock.advance(28 * 24 * 3600)
    seen = await of(ports, "engineer OR cook")
    assert seen["count_30d"] == sum(seen["per_day"]) == 2


async def test_a_posting_under_revision_is_shown_as_it_was_published(ports, board):
    posting = await publish(ports, "Baker")
    document = await ports.documents.get(POSTINGS, posting.id)
    await postings.resubmit(ports, document, Given(title="Baker, BUY NOW", company="Acme"))
    assert [card["title"] for card in (await of(ports, "baker"))["sample"]] == ["Baker"]


async def test_it_warns_of_nothing(ports, board):
    assert codes(await of(ports, "astronaut")) == ["no_matches"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("pay>=20kUSD", ["nearly_everything", "high_volume", "mostly_unknown"]),
        ("ba* OR co*", ["nearly_everything", "high_volume"]),
        ("baker", ["nearly_everything", "high_volume"]),
        ("title:cook", []),
    ],
)
async def test_it_warns_of_too_much_on_a_board_of_one_day(ports, query, told):
    for number in range(26):
        await publish(ports, "Baker" if number < 21 else "Cook", company=f"Bakery {number}")
    assert codes(await of(ports, query)) == told


@pytest.mark.parametrize(
    ("count", "total", "days", "told"),
    [
        (
            488,
            488,
            1,
            [
                "This matches nearly everything: 488 of 488 postings.",
                "This would tell you about 488 postings a day.",
            ],
        ),
        (1_000, 20_000, 10, ["This would tell you about 100 postings a day."]),
        (51, 100, 30, ["This matches nearly everything: 51 of 100 postings."]),
        (50, 100, 30, []),
        (19, 19, 1, []),
        (600, 30_000, 30, []),
        (2, 0, 0, []),
    ],
)
def test_volume_is_of_the_days_that_have_postings(count, total, days, told):
    warnings = previews._of_volume(count, previews._Board(total, days))
    assert [warning["detail"] for warning in warnings] == told


async def test_each_clause_has_its_price(ports, board):
    seen = await of(ports, "title:engineer company:bcme level:senior mode:remote")
    assert seen["count_30d"] == 1
    assert seen["near_misses"] == [
        {"clause": "title:engineer", "count": 0},
        {"clause": "company:bcme", "count": 1},
        {"clause": "level:senior", "count": 0},
        {"clause": "mode:remote", "count": 0},
    ]


async def test_the_price_of_a_clause_is_of_the_same_policy_and_days(ports, board, clock):
    seen = await of(ports, "data level:senior unknown:drop")
    assert seen["near_misses"] == [
        {"clause": "data", "count": 0},
        {"clause": "level:senior", "count": 1},
    ]
    clock.advance(29 * 24 * 3600)
    assert (await of(ports, "some level:senior unknown:drop"))["near_misses"] == [
        {"clause": "some", "count": 0},
        {"clause": "level:senior", "count": 1},
    ]


async def test_only_so_many_clauses_are_tried(ports, board):
    words = " ".join(f"w{number}" for number in range(previews.CLAUSES_MAX + 5))
    assert len((await of(ports, words))["near_misses"]) == previews.CLAUSES_MAX


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("pay>=80kUSD", ["pay"]),
        ("title:engineer pay>=80kUSD", []),
        ("title:(engineer OR cook) pay>=80kUSD", ["pay"]),
        ("title:(engineer OR cook) (level:senior OR level:mid)", ["level"]),
        ("title:(engineer OR cook) pay>=80kUSD unknown:drop", []),
        ("title:(engineer OR cook) -pay>=200kUSD", []),
        ("title:(engineer OR cook) visa:offered category:data", ["visa sponsorship", "category"]),
        ("company:acme,bcme mode:remote,onsite", []),
    ],
)
async def test_it_warns_where_most_do_not_state_a_fact(ports, board, query, names):
    seen = await of(ports, query)
    told = [w["detail"] for w in seen["warnings"] if w["code"] == "mostly_unknown"]
    assert [detail.partition("their ")[2].rstrip(".") for detail in told] == names


async def test_the_share_of_unknown_facts_is_told(ports, board):
    seen = await of(ports, "title:(engineer OR cook) pay>=80kUSD")
    assert seen["warnings"] == [
        {"code": "mostly_unknown", "detail": "Most of these (67%) do not state their pay."}
    ]


async def test_a_person_s_own_lists_can_be_named(ports, board):
    await lists.create(ports, "u", "watched", "company", ("Bcme",))
    seen = await of(ports, "company:@watched engineer")
    assert (seen["count_30d"], seen["query"]) == (1, "company:@watched engineer")
    assert seen["near_misses"][0] == {"clause": "company:@watched", "count": 1}
    with pytest.raises(InvalidQuery):
        await preview(ports, "other", QueryInput(query="company:@watched engineer"))


@pytest.mark.parametrize("query", ["-intern", "titel:x", "", "posted<7d"])
async def test_it_refuses_what_an_alert_could_not_be(ports, query):
    with pytest.raises(InvalidQuery):
        await of(ports, query)
