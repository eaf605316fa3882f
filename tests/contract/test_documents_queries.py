"""Filters equal their oracle; pages neither repeat nor skip; groups measure."""

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.documents.base import Documents, Insert, Measure, Sort
from backends.documents.collections import USERS, Collection
from backends.documents.filters import (
    And,
    Contains,
    Eq,
    Exists,
    Filter,
    Gt,
    Gte,
    In,
    Lt,
    Lte,
    Or,
    matches,
)
from models.errors import InvalidInput

# A small pool, so that values meet; each is a neighbour of another kind's value.
NUMBERS = (0, 1, -1, 1.0, 1.5, 0.1 + 0.2, 2**53 + 1, 1e300)
TEXTS = ("", "0", "1", "true", "a", "b", "ab", "Ä", "ä\u0000b", "[1]", "\U0001f600")
SCALARS = st.sampled_from((None, True, False, *NUMBERS, *TEXTS))
VALUES = (
    SCALARS | st.lists(SCALARS, max_size=3) | st.fixed_dictionaries({}, optional={"c": SCALARS})
)
BODIES = st.fixed_dictionaries(
    {}, optional={"a": VALUES, "b": VALUES, "owner": SCALARS, "rank": SCALARS, "tags": VALUES}
)
FIELDS = st.sampled_from(("a", "b", "b.c", "a.c", "owner", "rank", "tags", "tags.c", "none"))
ORDERED = st.sampled_from((*NUMBERS, *TEXTS))
LEAVES = st.one_of(
    st.builds(Eq, FIELDS, SCALARS),
    st.builds(In, FIELDS, st.lists(SCALARS, max_size=3).map(tuple)),
    st.builds(Exists, FIELDS, st.booleans()),
    st.builds(Contains, FIELDS, SCALARS),
    *(st.builds(operator, FIELDS, ORDERED) for operator in (Lt, Lte, Gt, Gte)),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        .map(tuple)
        .flatmap(lambda items: st.sampled_from((And(items), Or(items))))
    ),
    max_leaves=5,
)
EXAMPLES = itertools.count()


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(bodies=st.lists(BODIES, min_size=1, max_size=5), filter_=FILTERS)
async def test_every_filter_equals_its_oracle(
    documents: Documents, things: Collection, bodies: list[dict[str, Any]], filter_: Filter
) -> None:
    example = next(EXAMPLES)
    await documents.insert_absent(
        things,
        [Insert(f"{example}-{n}", {**body, "example": example}) for n, body in enumerate(bodies)],
    )
    stored = (await documents.find(things, Eq("example", example))).items
    assert len(stored) == len(bodies)
    expected = {document.id for document in stored if matches(filter_, document.body)}
    within = And((Eq("example", example), filter_))
    found = await documents.find(things, within)
    assert {document.id for document in found.items} == expected
    assert await documents.count(things, within) == len(expected)
    for document in stored:
        await documents.delete(things, document.id)


async def test_every_operator_on_every_pair_of_values(
    documents: Documents, things: Collection
) -> None:
    scalars = [None, True, False, *NUMBERS, *TEXTS]
    values: list[Any] = [*scalars, [], [None], [1], ["1", True], {}, {"c": 1}]
    bodies: dict[str, dict[str, Any]] = {f"{n:02}": {"a": v} for n, v in enumerate(values)}
    bodies["missing"] = {}
    await documents.insert_absent(things, [Insert(id_, body) for id_, body in bodies.items()])
    operands = [value for value in scalars if isinstance(value, str | float | int)]
    filters: list[Filter] = [Exists("a"), Exists("a", present=False), And(()), Or(())]
    filters += [operator("a", value) for operator in (Eq, Contains) for value in scalars]
    filters += [operator("a", value) for operator in (Lt, Lte, Gt, Gte) for value in operands]
    filters += [In("a", ()), In("a", tuple(scalars)), In("a", (None, True, "1"))]
    for filter_ in filters:
        found = {document.id for document in (await documents.find(things, filter_)).items}
        assert found == {id_ for id_, body in bodies.items() if matches(filter_, body)}, filter_


async def test_the_array_index_follows_the_document(
    documents: Documents, things: Collection
) -> None:
    async def having(tag: object) -> list[str]:
        return [d.id for d in (await documents.find(things, Contains("tags", tag))).items]

    await documents.insert(things, "a", {"tags": ["x", "x", 1]})
    await documents.insert(things, "b", {"tags": "x"})
    await documents.insert(things, "c", {"tags": [True, "y"]})
    assert (await having("x"), await having(1), await having(True)) == (["a"], ["a"], ["c"])
    await documents.replace(things, "a", {"tags": ["y"]}, expected_version=1)
    assert (await having("x"), await having("y")) == ([], ["a", "c"])
    await documents.delete(things, "a")
    assert await having("y") == ["c"]


async def walk(
    documents: Documents,
    collection: Collection,
    filter_: Filter | None,
    sort: Sort | None,
    n: int,
    *,
    alone: bool = True,
) -> list[str]:
    """The ids on all pages. Only where others write may a page have lost all that was to come."""
    ids: list[str] = []
    after = None
    while True:
        page = await documents.find(collection, filter_, sort=sort, limit=n, after=after)
        assert len(page.items) <= n
        assert page.items or not ids or not alone
        ids += [document.id for document in page.items]
        if page.after is None:
            return ids
        after = page.after


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_are_in_order_with_missing_fields_at_the_low_end(
    documents: Documents, things: Collection, descending: bool, limit: int
) -> None:
    ranks: list[Any] = [3, None, 1, 1.5, None, 1, -2, 3]
    for number, rank in enumerate(ranks):
        body = {"owner": "o"} if rank is None and number > 2 else {"owner": "o", "rank": rank}
        await documents.insert(things, f"{number}", body)
    await documents.insert(things, "foreign", {"owner": "p", "rank": 1})

    def place(number: int) -> tuple[bool, float, int]:
        return ranks[number] is not None, ranks[number] or 0, number

    expected = [str(n) for n in sorted(range(len(ranks)), key=place, reverse=descending)]
    sort = Sort("rank", descending)
    assert await walk(documents, things, Eq("owner", "o"), sort, limit) == expected


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 4, 100])
async def test_pages_order_values_of_several_kinds(
    documents: Documents, things: Collection, descending: bool, limit: int
) -> None:
    in_order: list[Any] = [None, -1.5, 0, 1, 1.0, 2**53 + 1, "", "1", "a", False, False, True]
    for number, value in enumerate(in_order):
        await documents.insert(things, f"{number:02}", {"deep": {"value": value}})
    expected = [f"{number:02}" for number in range(len(in_order))]
    sort = Sort("deep.value", descending)
    assert await walk(documents, things, None, sort, limit) == expected[:: -1 if descending else 1]


async def test_pages_without_a_sort_are_by_id(documents: Documents, things: Collection) -> None:
    for id_ in "cabed":
        await documents.insert(things, id_, {})
    assert await walk(documents, things, None, None, 2) == list("abcde")


@pytest.mark.parametrize("descending", [False, True])
async def test_pages_hold_under_concurrent_writes(
    documents: Documents, things: Collection, descending: bool
) -> None:
    for number in range(60):
        await documents.insert(things, f"old{number:02}", {"owner": "o", "rank": number % 7})
    stop = asyncio.Event()

    async def disturb() -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            id_ = f"new{number % 40}"
            await documents.insert_absent(
                things, [Insert(id_, {"owner": "o", "rank": number % 9 - 1})]
            )
            if number % 3 == 0:
                await documents.delete(things, id_)

    disturbing = asyncio.create_task(disturb())
    try:
        for _ in range(5):
            sort = Sort("rank", descending)
            seen = await walk(documents, things, Eq("owner", "o"), sort, 7, alone=False)
            old = [id_ for id_ in seen if id_.startswith("old")]
            assert len(old) == len(set(old)) == 60
    finally:
        stop.set()
        await disturbing


async def test_a_foreign_cursor_is_refused(documents: Documents, things: Collection) -> None:
    for id_ in "abc":
        await documents.insert(things, id_, {"rank": 1})
    sort = Sort("rank")
    cursor = (await documents.find(things, sort=sort, limit=1)).after
    assert cursor is not None
    uses: list[tuple[Collection, Sort | None, str]] = [
        (things, sort, cursor[:-3]),
        (things, sort, cursor + "AAAA"),
        (things, sort, ""),
        (things, sort, "ä"),
        (things, sort, "bm90IGpzb24"),
        (things, sort, "WzEsMl0"),
        (things, Sort("rank", descending=True), cursor),
        (things, Sort("owner"), cursor),
        (things, None, cursor),
        (USERS, sort, cursor),
    ]
    for collection, by, text in uses:
        with pytest.raises(InvalidInput) as refused:
            await documents.find(collection, sort=by, after=text)
        assert [error.parameter for error in refused.value.errors] == ["cursor"]


async def test_groups_count_and_measure(documents: Documents, things: Collection) -> None:
    bodies: list[dict[str, Any]] = [
        {"owner": "o", "deep": {"on": True}, "rank": 2},
        {"owner": "o", "deep": {"on": True}, "rank": 3.5},
        {"owner": "o", "deep": {"on": False}, "rank": "many"},
        {"owner": None, "deep": {"on": True}, "rank": 1},
        {"deep": {"on": True}},
        {"owner": "left out", "rank": 9},
    ]
    for number, body in enumerate(bodies):
        await documents.insert(things, f"{number}", body)
    found = await documents.group(
        things,
        Exists("deep.on"),
        by=["owner", "deep.on"],
        measures=[
            Measure("n", "count"),
            Measure("total", "sum", "rank"),
            Measure("low", "min", "rank"),
            Measure("high", "max", "rank"),
        ],
    )
    names = ("owner", "deep.on", "n", "total", "low", "high")
    expected = [
        dict(zip(names, ("o", True, 2, 5.5, 2, 3.5), strict=True)),
        dict(zip(names, ("o", False, 1, 0, None, None), strict=True)),
        dict(zip(names, (None, True, 2, 1, 1, 1), strict=True)),
    ]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


async def test_a_group_of_nothing_is_empty(documents: Documents, things: Collection) -> None:
    count = [Measure("n", "count")]
    assert await documents.group(things, None, by=[], measures=count) == []
    assert await documents.group(things, None, by=["owner"], measures=count) == []
    await documents.insert(things, "a", {})
    assert await documents.group(things, None, by=[], measures=count) == [{"n": 1}]
    assert await documents.count(things, Eq("owner", "nobody")) == 0
