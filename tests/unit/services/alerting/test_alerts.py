"""Alerts: one write with their event, the hint to the matcher, ownership, limits."""

import asyncio

import pytest

from backends.documents.collections import ALERTS, MATCHES, POSTINGS
from models.alert import Alert, Cadence, ChannelName
from models.base import derived_id
from models.criteria import HasSkill, UnknownPolicy
from models.errors import (
    Conflict,
    InvalidInput,
    InvalidQuery,
    NotFound,
    Unavailable,
    VersionConflict,
)
from models.events import ALERT_DELETED, ALERT_EVENTS, ALERT_SAVED
from models.posting import Derived, Given
from processing.derive import Derivation
from services.alerting import alerts
from services.alerting.matched import Arrival, insert_of
from services.alerting.queries import QueryInput
from services.alerting.terms import AlertTerms
from services.intake import postings

PLAIN = AlertTerms()


def create(ports, query="python", *, user="u", terms=PLAIN, **options):
    return alerts.create(ports, user, "Mine", QueryInput(query=query), terms, **options)


def change(ports, id_, *, user="u", name=None, terms=PLAIN, expected=None, **query):
    return alerts.update(
        ports, user, id_, name, QueryInput(**query), terms, expected_version=expected
    )


async def test_an_alert_its_event_and_its_hint(ports, events):
    alert = await create(ports, "  Title:(PYTHON)  ")
    assert (alert.query, alert.unknown, alert.version) == ("title:python", "pass", 1)
    assert alert.channels == (ChannelName.INAPP,)
    [event] = await events(ALERT_EVENTS)
    assert (event.type, event.subject, event.key) == (ALERT_SAVED, alert.id, "u")
    assert Alert.model_validate(event.data["alert"]) == alert
    stored = await ports.documents.get(ALERTS, alert.id)
    assert (stored.body, stored.version) == (event.data["alert"], 1)
    assert ports.matchers.registered == [alert]
    assert await alerts.read(ports, "u", alert.id) == alert


async def test_criteria_and_text_are_two_forms_of_one_alert(ports):
    tree = HasSkill(skill="Python").model_dump(mode="json")
    alert = await alerts.create(ports, "u", "Mine", QueryInput(criteria=tree), PLAIN)
    again = await create(ports, alert.query)
    assert again.criteria == alert.criteria == HasSkill(skill="Python")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({}, "/query"),
        ({"query": "a", "criteria": {"op": "skill", "skill": "Python"}}, "/criteria"),
        ({"query": "python unknown:drop", "unknown": "pass"}, "/unknown"),
    ],
)
async def test_contradictory_inputs_are_refused(ports, query, pointer):
    with pytest.raises(InvalidInput) as refused:
        await alerts.create(ports, "u", "Mine", QueryInput(**query), PLAIN)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]


async def test_a_fault_in_the_text_has_its_position(ports):
    with pytest.raises(InvalidQuery) as refused:
        await create(ports, "python titel:(a)")
    [fault] = refused.value.errors
    assert (fault.pointer, fault.position) == ("/query", 7)


@pytest.mark.parametrize("query", ["-intern", "", "   ", "posted<7d"])
async def test_what_would_match_everything_is_refused(ports, query):
    with pytest.raises(InvalidQuery):
        await create(ports, query)
    assert await ports.documents.count(ALERTS) == 0


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"cadence": "daily"}, "/cadence"),
        ({"channels": ("inapp", "push")}, "/channels/1"),
        ({"daily_cap": 3}, "/daily_cap"),
        ({"quiet_hours": {"from": "22:00", "to": "07:00", "tz": "UTC"}}, "/quiet_hours"),
    ],
)
async def test_what_we_cannot_keep_yet_is_refused_by_name(ports, terms, pointer):
    with pytest.raises(InvalidInput) as refused:
        await create(ports, terms=AlertTerms.model_validate(terms))
    assert [fault.pointer for fault in refused.value.errors] == [pointer]


async def test_terms_are_kept_and_channels_named_once(ports):
    terms = AlertTerms(
        cadence=Cadence.INSTANT,
        channels=(ChannelName.EMAIL, ChannelName.INAPP, ChannelName.EMAIL),
    )
    alert = await create(ports, terms=terms)
    assert alert.channels == (ChannelName.INAPP, ChannelName.EMAIL)


@pytest.mark.parametrize("fault", [Unavailable("recovering"), TimeoutError()])
async def test_a_lost_hint_fails_nothing(ports, events, fault):
    ports.matchers.fault = fault
    alert = await create(ports)
    await alerts.pause(ports, "u", alert.id)
    await alerts.delete(ports, "u", alert.id, expected_version=None)
    assert len(await events(ALERT_EVENTS)) == 3


async def test_a_slow_hint_is_not_waited_for(ports, monkeypatch):
    async def for_ever(alert):
        await asyncio.Event().wait()

    monkeypatch.setattr(alerts, "HINT_S", 0.01)
    monkeypatch.setattr(ports.matchers, "register", for_ever)
    assert (await create(ports)).version == 1


async def test_the_id_of_an_idempotency_key_has_one_effect(ports, events):
    id_ = derived_id("alert", "u", "key")
    first = await create(ports, id=id_)
    assert await create(ports, id=id_) == first
    assert len(await events(ALERT_EVENTS)) == 1


async def test_a_person_has_a_bounded_number_of_alerts(ports, monkeypatch):
    monkeypatch.setattr(alerts, "ALERTS_MAX", 2)
    for query in ("python", "java"):
        await create(ports, query)
    with pytest.raises(Conflict):
        await create(ports, "cobol")
    await create(ports, user="other")


async def test_repeating_the_create_that_reached_the_bound_has_its_effect(ports, monkeypatch):
    monkeypatch.setattr(alerts, "ALERTS_MAX", 1)
    id_ = derived_id("alert", "u", "key")
    first = await create(ports, id=id_)
    assert await create(ports, id=id_) == first


async def test_an_alert_of_another_person_is_not_found(ports):
    alert = await create(ports)
    for attempt in (
        alerts.read(ports, "other", alert.id),
        change(ports, alert.id, user="other", name="x"),
        alerts.pause(ports, "other", alert.id),
        alerts.resume(ports, "other", alert.id),
        alerts.delete(ports, "other", alert.id, expected_version=None),
        alerts.matches(ports, "other", alert.id, limit=10, after=None),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await alerts.read(ports, "u", alert.id) == alert


async def test_a_change_is_the_next_version_and_leaves_the_rest(ports, events, clock):
    alert = await create(ports, "python unknown:drop")
    clock.advance(5)
    renamed = await change(ports, alert.id, name="Snakes", expected=1)
    assert (renamed.name, renamed.version, renamed.updated_at) == ("Snakes", 2, clock())
    assert (renamed.query, renamed.unknown) == ("python unknown:drop", UnknownPolicy.DROP)
    requeried = await change(ports, alert.id, query="java", expected=2)
    assert (requeried.query, requeried.name) == ("java unknown:drop", "Snakes")
    passing = await change(ports, alert.id, unknown="pass")
    assert (passing.query, passing.unknown) == ("java", UnknownPolicy.PASS)
    assert [event.data["alert"]["version"] for event in await events(ALERT_EVENTS)] == [1, 2, 3, 4]
    assert [known.version for known in ports.matchers.registered] == [1, 2, 3, 4]


async def test_a_change_of_nothing_writes_nothing(ports, events):
    alert = await create(ports)
    assert await change(ports, alert.id, query="PYTHON", name="Mine") == alert
    assert await alerts.resume(ports, "u", alert.id) == alert
    assert len(await events(ALERT_EVENTS)) == 1


async def test_a_guarded_change_of_an_older_version_is_refused(ports):
    alert = await create(ports)
    await change(ports, alert.id, name="Snakes", expected=1)
    with pytest.raises(VersionConflict):
        await change(ports, alert.id, name="Late", expected=1)
    with pytest.raises(VersionConflict):
        await alerts.delete(ports, "u", alert.id, expected_version=1)


async def test_racing_changes_all_take_effect(ports):
    alert = await create(ports)
    await asyncio.gather(*(change(ports, alert.id, name=f"Name {n}") for n in range(8)))
    assert (await alerts.read(ports, "u", alert.id)).version == 9


async def test_pause_and_resume(ports):
    alert = await create(ports)
    assert (await alerts.pause(ports, "u", alert.id)).paused
    assert (await alerts.pause(ports, "u", alert.id)).version == 2
    assert not (await alerts.resume(ports, "u", alert.id)).paused
    assert [known.paused for known in ports.matchers.registered] == [False, True, False]


async def test_delete_tells_and_unregisters(ports, events):
    alert = await create(ports)
    await alerts.delete(ports, "u", alert.id, expected_version=1)
    event = (await events(ALERT_EVENTS))[-1]
    assert (event.type, event.subject, event.key) == (ALERT_DELETED, alert.id, "u")
    assert ports.matchers.unregistered == [alert.id]
    with pytest.raises(NotFound):
        await alerts.read(ports, "u", alert.id)


async def test_the_list_pages_newest_first_and_is_one_s_own(ports, clock):
    created = []
    for number in range(5):
        clock.advance(1)
        created.append((await create(ports, f"word{number}")).id)
    await create(ports, user="other")
    seen, after = [], None
    while True:
        items, after = await alerts.page(ports, "u", limit=2, after=after)
        seen += [item["id"] for item in items]
        if after is None:
            break
    assert seen == created[::-1]


async def test_matches_come_with_the_card_of_their_posting(ports, clock):
    alert = await create(ports)
    posting = await postings.submit(
        ports, owner_id="o", given=Given(title="Cook", company="Acme"), source="api"
    )
    body = posting.model_dump(mode="json") | {"status": "published"}
    await ports.documents.replace(POSTINGS, posting.id, body, expected_version=1)
    for number, posting_id in enumerate([posting.id, "gone"]):
        clock.advance(1)
        match = {
            "id": str(number),
            "alert_id": alert.id,
            "posting_id": posting_id,
            "posting_version": 1,
            "firing": 1,
            "clauses": [],
            "created_at": clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        await ports.documents.insert(MATCHES, str(number), match)
    items, after = await alerts.matches(ports, "u", alert.id, limit=10, after=None)
    assert [item["posting"] and item["posting"]["title"] for item in items] == [None, "Cook"]
    assert after is None


async def test_a_match_shows_its_posting_as_it_was_published(ports, clock):
    alert = await create(ports)
    posting = await postings.submit(
        ports, owner_id="o", given=Given(title="Cook", company="Acme"), source="api"
    )
    await postings.finish(ports, posting, Derivation(Derived(html="", text=""), "publish", ()))
    document = await ports.documents.get(POSTINGS, posting.id)
    await postings.resubmit(ports, document, Given(title="BUY NOW", company="Acme"))
    match = insert_of(alert, Arrival.of(document.body, None), (), now=clock())
    await ports.documents.insert(MATCHES, match.id, match.body)
    [item], _ = await alerts.matches(ports, "u", alert.id, limit=10, after=None)
    assert item["posting"]["title"] == "Cook"
