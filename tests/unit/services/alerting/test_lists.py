"""A person's own lists, and what becomes of the alerts that name them when one changes."""

import asyncio

import pytest

from backends.documents.collections import ALERTS, LISTS
from matching.lists import BUILT_IN
from models.criteria import InList
from models.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    InvalidQuery,
    NotFound,
    VersionConflict,
)
from models.events import ALERT_EVENTS, ALERT_SAVED
from services.alerting import alerts, lists
from services.alerting.known_lists import NAMED_MAX, known_lists, leaves
from services.alerting.queries import QueryInput
from services.alerting.terms import AlertTerms

ACME = ("Acme", "Bcme Ltd")


def make(ports, name="watched", field="company", items=ACME, user="u", **more):
    return lists.create(ports, user, name, field, items, **more)


def change(ports, items, name="watched", user="u", **more):
    return lists.replace(ports, user, name, items, **{"expected_version": None} | more)


def alert(ports, query, user="u", **given):
    wanted = QueryInput(query=query, **given)
    return alerts.create(ports, user, "An alert", wanted, AlertTerms())


def items_of(found):
    return [test.items for test in leaves(found.criteria) if isinstance(test, InList)]


async def test_a_list_is_stored_and_shown(ports):
    made = await make(ports)
    assert (made.items, made.version) == (ACME, 1)
    assert await lists.read(ports, "u", "watched") == made
    shown, after = await lists.page(ports, "u", limit=10, after=None)
    assert after is None
    assert shown == [lists.list_view(made)]
    assert (shown[0]["count"], shown[0]["built_in"]) == (2, False)
    assert shown[0].keys().isdisjoint({"id", "user_id"})


async def test_what_we_bring_is_told_with_its_size_and_changed_by_nobody(ports):
    (agencies,) = lists.built_in()
    assert agencies["count"] > 150
    assert agencies == agencies | {"name": "agencies", "field": "company", "built_in": True}
    with pytest.raises(InvalidInput) as refused:
        await make(ports, "agencies")
    assert refused.value.errors[0].pointer == "/name"
    for denied in (
        lists.read(ports, "u", "agencies"),
        change(ports, ("Acme",), "agencies"),
        lists.delete(ports, "u", "agencies", expected_version=None),
    ):
        with pytest.raises(Forbidden):
            await denied


async def test_nothing_is_on_a_list_twice(ports):
    made = await make(ports, items=("Acme", "Bcme", "ACME, Inc.", "bcme"))
    assert made.items == ("Acme", "Bcme")
    skills = await make(ports, "stack", "skill", ("python3", "k8s", "Python"))
    assert skills.items == ("Python", "Kubernetes")


@pytest.mark.parametrize(
    ("field", "items", "pointers"),
    [
        ("skill", ("python", "pyhton", "sql", "juggling"), ["/items/1", "/items/3"]),
        ("company", ("Acme", "..."), ["/items/1"]),
    ],
)
async def test_what_cannot_be_found_is_refused_by_place(ports, field, items, pointers):
    with pytest.raises(InvalidInput) as refused:
        await make(ports, field=field, items=items)
    assert [fault.pointer for fault in refused.value.errors] == pointers
    assert await ports.documents.count(LISTS) == 0


async def test_a_misspelt_skill_is_suggested(ports):
    with pytest.raises(InvalidInput) as refused:
        await make(ports, field="skill", items=("pyhton",))
    assert "Python" in refused.value.errors[0].expected


async def test_a_person_has_one_list_of_a_name(ports):
    await make(ports)
    await make(ports, user="other")
    with pytest.raises(Conflict):
        await make(ports, items=("Other",))
    assert (await lists.read(ports, "u", "watched")).items == ACME


async def test_the_same_request_makes_one_list(ports):
    first = await make(ports, id="made-of-a-key")
    assert await make(ports, id="made-of-a-key") == first
    with pytest.raises(Conflict):
        await make(ports, id="made-of-another-key")


async def test_copies_of_one_request_in_flight_make_one_list(ports):
    made = await asyncio.gather(*(make(ports, id="k") for _ in range(5)))
    assert len({found.id for found in made}) == 1
    assert await ports.documents.count(LISTS) == 1


async def test_there_is_a_limit(ports, monkeypatch):
    monkeypatch.setattr(lists, "LISTS_MAX", 2)
    await make(ports, "a")
    await make(ports, "b")
    with pytest.raises(Conflict):
        await make(ports, "c")
    await make(ports, "c", user="other")


async def test_pages_by_name(ports):
    for name in ("c", "a", "b"):
        await make(ports, name)
    await make(ports, "d", user="other")
    first, after = await lists.page(ports, "u", limit=2, after=None)
    rest, end = await lists.page(ports, "u", limit=2, after=after)
    assert ([item["name"] for item in first + rest], end) == (["a", "b", "c"], None)


async def test_another_s_list_is_not_found(ports):
    await make(ports)
    for hidden in (
        lists.read(ports, "other", "watched"),
        change(ports, ("Acme",), user="other"),
        lists.delete(ports, "other", "watched", expected_version=None),
    ):
        with pytest.raises(NotFound):
            await hidden


async def test_a_change_is_guarded_by_its_version(ports):
    await make(ports)
    changed = await change(ports, ("Cme",), expected_version=1)
    assert (changed.items, changed.version) == (("Cme",), 2)
    with pytest.raises(VersionConflict):
        await change(ports, ("Dme",), expected_version=1)
    with pytest.raises(VersionConflict):
        await lists.delete(ports, "u", "watched", expected_version=1)
    with pytest.raises(InvalidInput) as refused:
        await change(ports, ("Python",), field="skill")
    assert refused.value.errors[0].pointer == "/field"


async def test_the_same_items_are_no_new_version(ports):
    await make(ports)
    assert (await change(ports, ACME)).version == 1


# Alerts


async def test_an_alert_holds_the_items_of_its_lists(ports):
    await make(ports)
    saved = await alert(ports, "company:@watched -company:@agencies python")
    assert saved.query == "company:@watched -company:@agencies python"
    assert items_of(saved) == [ACME, ()]
    tree = saved.criteria.model_dump(mode="json")
    copy = await alerts.create(ports, "u", "x", QueryInput(criteria=tree), AlertTerms())
    assert copy.criteria == saved.criteria


async def test_items_that_a_client_sends_are_replaced(ports):
    await make(ports)
    tree = {"op": "list", "field": "company", "name": "watched", "items": ["Evil"]}
    deep = {"op": "or", "items": [{"op": "not", "item": tree}, {"op": "words", "text": "a"}]}
    whole = {"op": "and", "items": [{"op": "words", "text": "python"}, deep]}
    saved = await alerts.create(ports, "u", "x", QueryInput(criteria=whole), AlertTerms())
    assert items_of(saved) == [ACME]


async def test_a_list_that_is_not_there_is_named_with_what_is_near(ports):
    await make(ports)
    with pytest.raises(InvalidQuery) as refused:
        await alert(ports, "python company:@wacthed")
    fault = refused.value.errors[0]
    assert (fault.pointer, fault.got) == ("/query", "@wacthed")
    assert "@watched" in fault.expected
    with pytest.raises(InvalidQuery):
        await alert(ports, "python company:@watched", user="other")


async def test_a_query_names_few_lists(ports):
    await make(ports)
    named = " OR ".join(f"(w{number} company:@watched)" for number in range(NAMED_MAX + 1))
    with pytest.raises(InvalidQuery, match="at most 5"):
        await alert(ports, named)
    everybody_s = " OR ".join(f"(w{n} company:@agencies)" for n in range(NAMED_MAX + 1))
    await alert(ports, everybody_s)


async def test_a_change_saves_each_alert_that_names_the_list(ports, events):
    await make(ports)
    using = [await alert(ports, f"company:@watched w{number}") for number in range(3)]
    others = [await alert(ports, "python"), await alert(ports, "company:@agencies java")]
    before = len(await events(ALERT_EVENTS))
    await change(ports, ("Cme",))
    for saved in using:
        now = await alerts.read(ports, "u", saved.id)
        assert (items_of(now), now.version, now.query) == ([("Cme",)], 2, saved.query)
    for saved in others:
        assert (await alerts.read(ports, "u", saved.id)).version == 1
    told = (await events(ALERT_EVENTS))[before:]
    assert {event.subject for event in told} == {saved.id for saved in using}
    assert {event.type for event in told} == {ALERT_SAVED}
    assert {known.id for known in ports.matchers.registered[-3:]} == {a.id for a in using}


async def test_a_paused_alert_is_saved_too(ports):
    await make(ports)
    saved = await alert(ports, "company:@watched")
    await alerts.pause(ports, "u", saved.id)
    await change(ports, ("Cme",))
    now = await alerts.read(ports, "u", saved.id)
    assert (items_of(now), now.paused) == ([("Cme",)], True)


async def test_a_change_that_broke_off_is_finished_by_its_repetition(ports):
    await make(ports)
    saved = [await alert(ports, f"company:@watched w{number}") for number in range(2)]
    found = await ports.documents.get(ALERTS, saved[1].id)
    await change(ports, ("Cme",))
    # The second alert as the crash left it: written before the change.
    version = (await ports.documents.get(ALERTS, saved[1].id)).version
    await ports.documents.replace(ALERTS, saved[1].id, found.body, expected_version=version)
    await change(ports, ("Cme",))
    now = [await alerts.read(ports, "u", each.id) for each in saved]
    assert [items_of(each) for each in now] == [[("Cme",)], [("Cme",)]]
    assert now[0].version == 2, "what had them already is left alone"


async def test_alerts_and_changes_that_race_agree_in_the_end(ports):
    await make(ports)
    changes = [change(ports, (f"Company {number}",)) for number in range(6)]
    saving = [alert(ports, f"company:@watched w{number}") for number in range(6)]
    await asyncio.gather(*(each for pair in zip(changes, saving, strict=True) for each in pair))
    last = (await lists.read(ports, "u", "watched")).items
    page, _ = await alerts.page(ports, "u", limit=10, after=None)
    ids = [body["id"] for body in page]
    assert {items_of(await alerts.read(ports, "u", id_))[0] for id_ in ids} == {last}


async def test_a_list_that_alerts_name_is_not_deleted(ports):
    await make(ports)
    saved = await alert(ports, "company:@watched")
    with pytest.raises(Conflict, match="An alert"):
        await lists.delete(ports, "u", "watched", expected_version=None)
    await alerts.delete(ports, "u", saved.id, expected_version=None)
    await lists.delete(ports, "u", "watched", expected_version=1)
    with pytest.raises(NotFound):
        await lists.read(ports, "u", "watched")


async def test_an_alert_outlives_a_list_that_is_gone(ports):
    """Deleted in the moment it was saved: it keeps the items that it has."""
    await make(ports)
    saved = await alert(ports, "company:@watched")
    (document,) = (await ports.documents.find(LISTS)).items
    await ports.documents.delete(LISTS, document.id)
    assert (await alerts.pause(ports, "u", saved.id)).criteria == saved.criteria
    renamed = await alerts.update(
        ports, "u", saved.id, "New name", QueryInput(), AlertTerms(), expected_version=None
    )
    assert (renamed.name, items_of(renamed)) == ("New name", [ACME])


# When the store is asked


class _NoStore:
    def __getattr__(self, name):
        raise AssertionError("the store was asked")


@pytest.mark.parametrize(
    "asked",
    [
        ("python", None),
        (None, {"op": "and", "items": [{"op": "words", "text": "list"}, {"op": "or"}]}),
        ("", {}),
    ],
)
async def test_the_store_is_asked_only_where_a_list_may_be_named(asked):
    assert await known_lists(_NoStore(), "u", asked) is BUILT_IN


async def test_nobody_has_no_lists():
    assert await known_lists(_NoStore(), None, ("company:@watched",)) is BUILT_IN


async def test_nobody_s_list_hides_one_of_ours(ports):
    await make(ports)
    document = (await ports.documents.find(LISTS)).items[0]
    body = document.body | {"name": "agencies"}
    await ports.documents.replace(LISTS, document.id, body, expected_version=1)
    known = await known_lists(ports, "u", ("company:@agencies",))
    assert known["agencies"] == BUILT_IN["agencies"]


async def test_a_deep_tree_is_looked_through(ports):
    await make(ports)
    tree = {"op": "list"}
    for _ in range(5000):
        tree = {"op": "not", "item": [tree]}
    assert "watched" in await known_lists(ports, "u", (None, tree))
