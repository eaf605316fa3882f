"""What the chaos harness reads from a store, and what it puts into its stream."""

from pathlib import Path
from random import Random

import pytest

from chaos import store
from cluster.settings import Data, Settings
from models.base import derived_id
from models.events import (
    JOB_EVENTS,
    MATCH_CREATED,
    MATCH_EVENTS,
    NOTIFICATION_CREATED,
    NOTIFICATION_EVENTS,
    POSTING_CHANGED,
    POSTING_PUBLISHED,
    Event,
)
from services.ports import Ports

USER, OTHER = "user-1", "user-2"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=Data(dir=tmp_path))


def _match(subject: str, key: str = USER) -> Event:
    return Event(type=MATCH_CREATED, subject=subject, key=key)


def _told(match: str) -> Event:
    return Event(type=NOTIFICATION_CREATED, subject=_notification(match), key=USER)


def _notification(match: str) -> str:
    return derived_id("notification", match)


def _outcome(type_: str, version: object) -> Event:
    data = {"posting": {"version": version}}
    return Event(type=type_, subject="posting-1", key="posting-1", data=data)


def test_order_is_judged_by_what_is_on_the_stream(settings: Settings) -> None:
    store.publish(settings, MATCH_EVENTS, [_match("a"), _match("x", OTHER), _match("b")])
    store.publish(settings, NOTIFICATION_EVENTS, [_told("b"), _told("a")])
    listed = [_notification("a"), _notification("b")]
    found = store.disorder(settings, {USER: listed}, [])
    assert (found.inbox, found.overtaken, found.total) == (0, 1, 0)
    assert store.disorder(settings, {USER: listed[::-1]}, []).total == 1


def test_a_version_that_comes_after_a_later_one_is_out_of_order(settings: Settings) -> None:
    first = [_outcome(POSTING_PUBLISHED, 1), _outcome(POSTING_CHANGED, 2)]
    again = [_outcome(POSTING_PUBLISHED, 1), _outcome(POSTING_PUBLISHED, None)]
    store.publish(settings, JOB_EVENTS, [*first, *again])
    assert store.disorder(settings, {}, ["posting-1"]).total == 0
    store.publish(
        settings, JOB_EVENTS, [_outcome(POSTING_CHANGED, 4), _outcome(POSTING_CHANGED, 3)]
    )
    assert store.disorder(settings, {}, ["posting-1"]).versions == 1
    assert store.disorder(settings, {}, []).versions == 0


def test_a_replay_brings_every_event_again_under_new_ids(settings: Settings) -> None:
    store.publish(settings, MATCH_EVENTS, [_match("a"), _match("b")])
    assert store.replay(settings, [MATCH_EVENTS], 3, Random(1)) == 6

    async def read(ports: Ports) -> list[Event]:
        return [delivery.event async for delivery in ports.stream.read(MATCH_EVENTS)]

    events = store.ask(settings, read)
    # The first of three replays keeps the ids, and the stream leaves those copies out.
    assert len(events) == len({event.id for event in events}) == 6
    assert sorted(event.subject for event in events) == ["a"] * 3 + ["b"] * 3


def test_a_store_that_is_quiet_has_nothing_on_its_way(settings: Settings) -> None:
    assert store.outstanding(settings) == 0
    assert store.posting_count(settings, [USER]) == 0
    assert store.dead_letters(settings) == []
