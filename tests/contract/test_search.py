"""What every search index promises: writes, order, pages, facets, days, marks, faults."""

import math
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backends.search.base import (
    FACET_VALUES_MAX,
    Highlight,
    Owner,
    SearchIndex,
    SearchRequest,
    SortBy,
)
from backends.search.cursor import After, encode
from backends.search.memory import MemorySearchIndex
from backends.search.tantivy import TantivySearchIndex
from models.criteria import And, Criteria, HasSkill, InList, LevelIn, Not, Or, SourceIn, Words
from models.errors import InvalidInput
from models.posting import Clearance, EmploymentType, Level, Mode, Posting, Status, Visa
from tests.worlds import NOW, SOURCES, pay, place, posting

ADAPTERS: dict[str, Callable[[Path], SearchIndex]] = {
    "memory": lambda folder: MemorySearchIndex(),
    "tantivy": lambda folder: TantivySearchIndex(folder / "index"),
}
EVERYTHING = SearchRequest(None, NOW)


@pytest.fixture(params=ADAPTERS)
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SearchIndex]:
    index = ADAPTERS[request.param](tmp_path)
    await index.open()
    yield index
    await index.close()


async def _add(index: SearchIndex, *postings: Posting) -> None:
    await index.upsert(postings)
    await index.commit()


async def _ids(index: SearchIndex, request: SearchRequest = EVERYTHING) -> list[str]:
    return [hit.posting_id for hit in (await index.search(request)).hits]


def _asked(criteria: Criteria | None, **changes: Any) -> SearchRequest:
    return replace(EVERYTHING, criteria=criteria, **changes)


async def test_a_new_index_is_empty(index: SearchIndex) -> None:
    result = await index.search(replace(EVERYTHING, facets=("mode",)))
    assert (result.hits, result.total, result.after) == ((), 0, None)
    assert result.facets == {"mode": []}
    assert await index.count() == 0


async def test_writes_are_seen_after_commit(index: SearchIndex) -> None:
    await index.upsert([posting("a")])
    assert await index.count() == 0
    await index.commit()
    assert await _ids(index) == ["a"]
    await index.remove(["a", "never there"])
    assert await _ids(index) == ["a"]
    await index.commit()
    assert await _ids(index) == []


async def test_a_posting_is_replaced_by_its_id(index: SearchIndex) -> None:
    await _add(index, posting("a", title="Baker"))
    await _add(index, posting("a", title="Cook"), posting("a", title="Data engineer"))
    assert await index.count() == 1
    assert await _ids(index, _asked(Words(text="baker"))) == []
    assert await _ids(index, _asked(Words(text="cook"))) == []
    assert await _ids(index, _asked(Words(text="engineer"))) == ["a"]


async def test_removed_and_added_again_in_one_commit(index: SearchIndex) -> None:
    await _add(index, posting("a"))
    await index.remove(["a"])
    await index.upsert([posting("a", title="Cook")])
    await index.commit()
    assert await _ids(index, _asked(Words(text="cook"))) == ["a"]


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.CLOSED, Status.NEEDS_REVIEW])
async def test_only_published_postings_come_in(index: SearchIndex, status: Status) -> None:
    with pytest.raises(ValueError, match="only published"):
        await index.upsert([posting("good"), posting("bad", status=status)])
    await index.commit()
    assert await index.count() == 0


@pytest.mark.parametrize("amount", [math.nan, math.inf])
async def test_pay_that_is_no_number_changes_nothing(index: SearchIndex, amount: float) -> None:
    await _add(index, posting("a"))
    with pytest.raises(ValueError, match="finite"):
        await index.upsert([posting("b"), posting("c", pay_annual=pay(None, amount))])
    await index.commit()
    await _add(index, posting("d"))  # the writer lives
    assert await _ids(index) == ["d", "a"]


async def test_absurd_pay_is_kept_within_its_column(index: SearchIndex) -> None:
    await _add(index, posting("a", pay_annual=pay(None, 1e300)), posting("b"))
    assert await _ids(index, replace(EVERYTHING, sort="pay")) == ["a", "b"]


async def test_date_sorts_newest_first_and_no_source_sits_in_the_future(index: SearchIndex) -> None:
    def at(id_: str, posted_h: float | None, seen_h: float) -> Posting:
        posted = None if posted_h is None else NOW - timedelta(hours=posted_h)
        return posting(id_, posted_at=posted, first_seen_at=NOW - timedelta(hours=seen_h))

    await _add(index, at("old", 50, 1), at("future", -9999, 2), at("new", None, 1), at("tie", 2, 2))
    assert await _ids(index) == ["new", "tie", "future", "old"]


async def test_pay_sorts_best_first_and_unstated_last(index: SearchIndex) -> None:
    await _add(
        index,
        posting("b-none"),
        posting("range", pay_annual=pay(50_000, 90_000)),
        posting("floor", pay_annual=pay(95_000, None)),
        posting("a-none"),
        posting("less", pay_annual=pay(None, 89_999.99)),
    )
    request = replace(EVERYTHING, sort="pay")
    assert await _ids(index, request) == ["floor", "range", "less", "b-none", "a-none"]


async def test_relevance_puts_title_before_description(index: SearchIndex) -> None:
    await _add(
        index,
        posting("z-text", title="Baker", text="works with data and bread, day and night"),
        posting("a-title", title="Data engineer", text="bread"),
        posting("y-none", title="Baker"),
    )
    result = await index.search(_asked(Words(text="data"), sort="relevance"))
    assert [hit.posting_id for hit in result.hits] == ["a-title", "z-text"]
    assert result.hits[0].score > result.hits[1].score > 0


@pytest.mark.parametrize(
    ("asked", "scores"),
    [
        (Words(text="data"), {"title": 3, "company": 2, "skills": 2, "text": 1}),
        (Words(text="data", field="description"), {"title": 1, "text": 1}),
        (Words(text="dat", kind="prefix"), {"title": 3, "company": 2, "skills": 2, "text": 1}),
        (
            Or(items=(Words(text="data"), Words(text="big data", kind="phrase"))),
            {"skills": 4, "title": 3, "company": 2, "text": 1},
        ),
        (
            And(items=(Words(text="data"), Not(item=Words(text="big")))),
            {"title": 3, "company": 2, "text": 1},
        ),
        (Words(text="…"), {}),
    ],
    ids=["anywhere", "one field", "prefix", "sum", "negated", "no term"],
)
async def test_relevance_counts_points_and_no_neighbours(
    index: SearchIndex, asked: Criteria, scores: dict[str, int]
) -> None:
    await _add(
        index,
        posting("title", title="Data data", text="and data, data, data"),
        posting("company", title="Cook", company="Data Inc."),
        posting("skills", title="Cook", skills=("Big Data",)),
        posting("text", title="Cook", text="data"),
    )
    request = _asked(asked, sort="relevance")
    alone = [(hit.posting_id, hit.score) for hit in (await index.search(request)).hits]
    assert dict(alone) == scores
    await _add(index, *(posting(f"{i}", title="Cook", text="big data") for i in range(30)))
    await index.remove([f"{i}" for i in range(30)])
    await index.commit()
    assert [(hit.posting_id, hit.score) for hit in (await index.search(request)).hits] == alone


async def test_relevance_without_words_is_by_id(index: SearchIndex) -> None:
    await _add(index, *(posting(f"p{i}", mode=Mode.REMOTE) for i in range(5)))
    request = replace(EVERYTHING, sort="relevance", limit=2)
    assert await _ids(index, request) == ["p4", "p3"]
    result = await index.search(request)
    assert await _ids(index, replace(request, after=result.after)) == ["p2", "p1"]


async def _walked(index: SearchIndex, request: SearchRequest) -> list[str]:
    found: list[str] = []
    for _ in range(100):
        result = await index.search(request)
        found += [hit.posting_id for hit in result.hits]
        if result.after is None:
            return found
        request = replace(request, after=result.after)
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("sort", ["date", "pay", "relevance"])
@pytest.mark.parametrize("limit", [1, 7, 40])
async def test_pages_neither_repeat_nor_skip_equal_keys(
    index: SearchIndex, sort: SortBy, limit: int
) -> None:
    for start in (0, 20):
        postings = [
            posting(f"{i:03}", text="data " * (i % 2), pay_annual=pay(None, 9.0) if i % 3 else None)
            for i in range(start, start + 20)
        ]
        await _add(index, *postings)
    request = _asked(Words(text="engineer"), sort=sort, limit=limit)
    found = await _walked(index, request)
    assert sorted(found) == [f"{i:03}" for i in range(40)]
    assert found == await _ids(index, replace(request, limit=40))


async def test_relevance_pages_go_on_beyond_the_first_look(index: SearchIndex) -> None:
    await _add(index, *(posting(f"{i:04}") for i in range(700)))
    found = await _walked(index, _asked(Words(text="engineer"), sort="relevance", limit=100))
    assert found == [f"{i:04}" for i in reversed(range(700))]


async def test_a_page_is_not_moved_by_what_comes_before_it(index: SearchIndex) -> None:
    await _add(index, *(posting(f"{i}") for i in (2, 4, 6, 8)))
    request = replace(EVERYTHING, limit=2)
    first = await index.search(request)
    assert [hit.posting_id for hit in first.hits] == ["8", "6"]
    await index.remove(["6"])
    await _add(index, posting("9"), posting("7"), posting("3"))
    rest = await index.search(replace(request, after=first.after, limit=10, now=NOW))
    assert [hit.posting_id for hit in rest.hits] == ["4", "3", "2"]
    assert rest.total == 6


@pytest.mark.parametrize("key", [None, -(2**62), -1, 0, 1, 2, 3, 4, 2**62])
async def test_a_relevance_page_begins_behind_any_key(index: SearchIndex, key: int | None) -> None:
    """Whoever makes a cursor by hand gets what is behind that place, not an error."""
    await _add(index, posting("a", title="Cook", text="data"), posting("b", title="Data"))
    await _add(index, posting("c", title="Data"), posting("d", title="Cook", text="data"))
    request = _asked(Words(text="data"), sort="relevance")
    at = (0 if key is None else key, "c")
    behind = [id_ for score, id_ in ((3, "c"), (3, "b"), (1, "d"), (1, "a")) if (score, id_) < at]
    assert await _ids(index, replace(request, after=encode(request, After(key, "c")))) == behind


@pytest.mark.parametrize("cursor", ["", "x", "ä", "bnVsbA==", "W10=", "A" * 10_000, "WyJhIixudWxs"])
async def test_a_cursor_that_is_not_ours_is_refused(index: SearchIndex, cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await index.search(replace(EVERYTHING, after=cursor))
    assert [error.parameter for error in caught.value.errors] == ["cursor"]


async def test_a_cursor_of_another_search_is_refused(index: SearchIndex) -> None:
    await _add(index, posting("a"), posting("b"))
    first = await index.search(replace(EVERYTHING, limit=1))
    for other in (
        replace(EVERYTHING, sort="pay"),
        replace(EVERYTHING, criteria=Words(text="engineer")),
        replace(EVERYTHING, unknown="drop"),
    ):
        with pytest.raises(InvalidInput) as caught:
            await index.search(replace(other, after=first.after))
        assert caught.value.errors[0].parameter == "cursor"


async def test_facets_count_the_whole_result(index: SearchIndex) -> None:
    await _add(
        index,
        posting(
            "a",
            mode=Mode.REMOTE,
            skills=("Go", "Python"),
            places=(place("Leeds, GB"), place("United Kingdom")),
        ),
        posting(
            "b", mode=Mode.REMOTE, skills=("Python",), company="?", language="en", category="data"
        ),
        posting(
            "c",
            level=Level.SENIOR,
            employment_type=EmploymentType.CONTRACT,
            visa=Visa.OFFERED,
            clearance=Clearance.NOT_REQUIRED,
        ),
        posting("d", mode=Mode.ONSITE, title="Cook"),
    )
    facets = (
        "mode",
        "level",
        "employment_type",
        "country",
        "company",
        "skill",
        "category",
        "language",
        "visa",
        "clearance",
    )
    result = await index.search(_asked(Words(text="engineer"), facets=facets, limit=1))
    assert result.total == 3
    assert result.facets == {
        "mode": [("remote", 2)],
        "level": [("senior", 1)],
        "employment_type": [("contract", 1)],
        "country": [("GB", 1)],
        "company": [("Acme", 2), ("?", 1)],
        "skill": [("Python", 2), ("Go", 1)],
        "category": [("data", 1)],
        "language": [("en", 1)],
        "visa": [("offered", 1)],
        "clearance": [("not_required", 1)],
    }


async def test_a_facet_lists_its_most_frequent_values(index: SearchIndex) -> None:
    many = [posting(f"{i:03}", company=f"company {i // 2:03}") for i in range(122)]
    await _add(index, *many, posting("x", company="company 060"))
    facet = (await index.search(replace(EVERYTHING, facets=("company",)))).facets["company"]
    assert len(facet) == 50
    assert facet[:3] == [("company 060", 3), ("company 000", 2), ("company 001", 2)]


async def test_a_facet_lists_as_many_values_as_asked_for(index: SearchIndex) -> None:
    await _add(index, *(posting(f"{i:03}", company=f"company {i:03}") for i in range(122)))
    for asked, listed in ((3, 3), (FACET_VALUES_MAX, 122)):
        request = replace(EVERYTHING, facets=("company",), facet_values=asked)
        facet = (await index.search(request)).facets["company"]
        assert facet == [(f"company {i:03}", 1) for i in range(listed)]


async def test_an_unknown_facet_is_refused(index: SearchIndex) -> None:
    with pytest.raises(InvalidInput) as caught:
        await index.search(replace(EVERYTHING, facets=("mode", "title_words")))
    assert caught.value.errors[0].parameter == "facets"
    assert caught.value.errors[0].got == "title_words"


async def test_histogram_counts_utc_days_up_to_now(index: SearchIndex) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    instant = timedelta(microseconds=1)
    seen = [NOW, midnight, midnight - instant, midnight - timedelta(days=2)]
    seen += [midnight - timedelta(days=2) - instant, midnight + timedelta(days=1)]
    await _add(index, *(posting(f"{i}", first_seen_at=at) for i, at in enumerate(seen)))
    assert await index.histogram(EVERYTHING, 3) == [1, 1, 2]
    assert await index.histogram(replace(EVERYTHING, first_seen_from=midnight), 3) == [0, 0, 2]
    assert await index.histogram(_asked(Words(text="cook")), 2) == [0, 0]


async def test_first_seen_from_is_a_floor(index: SearchIndex) -> None:
    await _add(
        index,
        posting("a", first_seen_at=NOW),
        posting("b", first_seen_at=NOW - timedelta(microseconds=1)),
    )
    assert await _ids(index, replace(EVERYTHING, first_seen_from=NOW)) == ["a"]


async def test_highlights_mark_the_words_that_were_asked_for(index: SearchIndex) -> None:
    title, text = "Senior C++ Développeur", "No data here. Data engineer, engineering data."
    await _add(index, posting("a", title=title, text=text, company="Data"))
    asked = And(
        items=(
            Or(items=(Words(text="data engineer", kind="phrase"), Words(text="zebra"))),
            Words(text="dével", kind="prefix"),
            Words(text="c++", field="title"),
            Not(item=Not(item=Words(text="engineering", field="description"))),
            Not(item=Words(text="cook")),
            LevelIn(min=Level.JUNIOR, max=Level.STAFF),
        )
    )
    hits = (await index.search(_asked(asked))).hits
    assert [
        (mark.field, {"title": title, "description": text}[mark.field][mark.start : mark.end])
        for mark in hits[0].highlights
    ] == [
        ("title", "C++"),
        ("title", "Développeur"),
        ("description", "Data engineer"),
        ("description", "engineering"),
    ]


async def test_highlights_mark_stems_as_they_are_written(index: SearchIndex) -> None:
    text = "Ingenieure und Engineers"
    await _add(index, posting("a", text=text, language="de"), posting("b", text=text))
    asked = Or(
        items=(
            Words(text="Ingenieur"),
            Words(text="engineer", field="description"),
            Words(text="un", kind="prefix"),
        )
    )
    hits = (await index.search(_asked(asked))).hits
    marked = {
        hit.posting_id: [text[m.start : m.end] for m in hit.highlights if m.field == "description"]
        for hit in hits
    }
    assert marked == {"a": ["Ingenieure", "und", "Engineers"], "b": ["und", "Engineers"]}


async def test_words_meet_by_stems_and_prefixes_as_written(index: SearchIndex) -> None:
    await _add(
        index,
        posting("en", title="Platform engineers", language="en"),
        posting("de", title="Leitende Ingenieure", language="de"),
    )
    for text, kind, found in (
        ("platforms engineer", "phrase", ["en"]),
        ("leitender ingenieur", "phrase", ["de"]),
        ("engineer", "word", ["en"]),
        ("engineers", "prefix", ["en"]),
        ("ingenieure", "prefix", ["de"]),
        ("ingenieuren", "prefix", []),
        ("ingenieuren", "word", ["de"]),
        ("de", "prefix", []),
    ):
        assert await _ids(index, _asked(Words(text=text, kind=kind))) == found, text


async def test_relevance_counts_german_stems_too(index: SearchIndex) -> None:
    await _add(
        index,
        posting("z", title="Koch", text="mit Ingenieuren", language="de"),
        posting("a", title="Ingenieure", text="Tag und Nacht", language="de"),
    )
    result = await index.search(_asked(Words(text="Ingenieur"), sort="relevance"))
    assert [hit.posting_id for hit in result.hits] == ["a", "z"]
    assert result.hits[0].score > result.hits[1].score > 0


async def test_sources_and_lists_are_found(index: SearchIndex) -> None:
    await _add(
        index,
        posting("a", company="Hays plc", sources=SOURCES[:2]),
        posting("b", company="ACME, Inc.", sources=SOURCES[2:], skills=("Go",)),
        posting("c", company="Acme Robotics"),
    )
    for criteria, found in (
        (SourceIn(values=("Greenhouse.io", "lever.co")), ["a"]),
        (SourceIn(values=("feed-7",)), ["b"]),
        (InList(field="company", name="agencies"), ["a"]),
        (InList(field="company", name="mine", items=("Acme GmbH",)), ["b"]),
        (InList(field="company", name="nobody's"), []),
        (InList(field="skill", name="stack", items=("Go", "Rust"), hard=True), ["b"]),
    ):
        assert await _ids(index, _asked(criteria)) == found, criteria


async def test_highlights_are_bounded(index: SearchIndex) -> None:
    await _add(index, posting("a", text="data " * 9_000), posting("b", text="x " * 5_000 + "data"))
    hits = (await index.search(_asked(Words(text="data")))).hits
    assert {hit.posting_id: len(hit.highlights) for hit in hits} == {"a": 20, "b": 0}
    assert hits[1].highlights[0] == Highlight("description", 0, 4)


async def test_a_phrase_does_not_run_over_into_another_field_or_skill(index: SearchIndex) -> None:
    await _add(index, posting("a", title="data", text="engineer", skills=("big data", "engineer")))
    assert await _ids(index, _asked(Words(text="data engineer", kind="phrase"))) == []
    assert await _ids(index, _asked(Words(text="big data", kind="phrase"))) == ["a"]


async def test_a_long_run_of_letters_is_found_and_harms_nobody(index: SearchIndex) -> None:
    await _add(index, posting("a", text="x" * 100_000), posting("b", skills=("y" * 70_000,)))
    assert await _ids(index, _asked(Words(text="x" * 60, kind="prefix"))) == ["a"]
    assert await index.count() == 2
    assert await _ids(index, _asked(HasSkill(skill="z" * 70_000, hard=True))) == []


async def test_close_forgets_what_was_not_committed(index: SearchIndex) -> None:
    await _add(index, posting("a"))
    await index.upsert([posting("b")])
    await index.remove(["a"])
    await index.close()
    await index.close()
    await index.open()
    await index.open()
    await index.commit()
    assert await _ids(index) == ["a"]
    await _add(index, posting("c"))
    assert await _ids(index) == ["c", "a"]


@pytest.mark.parametrize("epoch", [7, 8])
async def test_the_next_owner_keeps_what_is_there(index: SearchIndex, epoch: int) -> None:
    await index.take_over(Owner("store", 7))
    await _add(index, posting("a"))
    await index.close()
    await index.open()
    await index.take_over(Owner("store", epoch))
    assert await _ids(index) == ["a"]
    await _add(index, posting("b"))
    await index.close()
    await index.open()
    await index.take_over(Owner("store", epoch + 1))
    assert await _ids(index) == ["b", "a"]


@pytest.mark.parametrize("last", [None, Owner("store", 6), Owner("store", 9), Owner("other", 7)])
async def test_any_other_owner_begins_anew(index: SearchIndex, last: Owner | None) -> None:
    if last is not None:
        await index.take_over(last)
    await _add(index, posting("a"))
    await index.close()
    await index.open()
    await index.take_over(Owner("store", 8))
    assert await index.count() == 0
    assert await _ids(index) == []
    await _add(index, posting("b"))
    await index.close()
    await index.open()
    await index.take_over(Owner("store", 9))
    assert await _ids(index) == ["b"]
