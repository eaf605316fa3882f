"""The fan-out of one replica, and what a stream reads when it hears of news."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from fastapi import FastAPI

from deployments import live
from deployments.live import NONE, PEOPLE, PRESENT_S, Feed, Live, News, StreamEnded, follow
from models.errors import TooManyRequests, Unauthenticated, Unavailable
from models.events import NOTIFICATION_EVENTS, Event
from services.ports import Ports
from services.telling.notifications import BEGINNING, newest_position, since
from tests.unit.deployments.connections import (
    Person,
    nothing,
)
from tests.unit.deployments.telling import tell, tell_many


async def joined_feed(fan_out: Live, user_id: str) -> Feed:
    feed = fan_out.enter("203.0.113.7")
    await fan_out.join(feed, user_id)
    return feed


async def test_a_slow_stream_holds_two_positions_and_misses_nothing(
    ada: Person, ports: Ports
) -> None:
    fan_out = Live(ports.stream)
    slow, quick = await joined_feed(fan_out, ada.id), await joined_feed(fan_out, ada.id)
    for number in range(5):
        await tell(ports, ada.id, f"p{number}")
        heard = (await quick.next(3)).heard
        assert heard == await newest_position(ports, ada.id)
    async with aclosing(follow(ports, slow, BEGINNING, check=nothing)) as following:
        items = [await anext(following) for _ in range(5)]
    assert [item["posting"]["id"] for item in items if item] == [f"p{n}" for n in range(5)]
    assert (await slow.next(0)).heard == heard
    assert await slow.next(0) == NONE
    fan_out.leave(slow)
    fan_out.leave(quick)
    fan_out.leave(quick)
    assert fan_out.open == 0


def test_what_is_heard_and_asked_comes_together() -> None:
    feed = Feed("203.0.113.7", "a")
    for position in ("3", "5", "4"):
        feed.hear(position)
        feed.ask(position)
    assert asyncio.run(feed.next(0)) == News(heard="5", asked="3")


async def test_the_tail_lives_as_long_as_a_stream(app: FastAPI, ada: Person, ports: Ports) -> None:
    fan_out = Live(ports.stream)
    for posting in ("p1", "p2"):
        feed = await joined_feed(fan_out, ada.id)
        await tell(ports, ada.id, posting)
        assert (await feed.next(3)).heard == await newest_position(ports, ada.id)
        fan_out.leave(feed)
    before = asyncio.all_tasks()
    await asyncio.sleep(0.01)
    assert not [task for task in before if "_follow" in repr(task) and not task.done()]


class LostTail:
    """A tail that is lost at its first reading."""

    closed = False

    async def receive(self, max_events: int, timeout_s: float) -> list[Any]:
        raise Unavailable

    async def close(self) -> None:
        self.closed = True


async def test_a_lost_tail_ends_every_stream(app: FastAPI, ada: Person, ports: Ports) -> None:
    tail = LostTail()

    class Losing:
        async def subscribe(self, *args: Any, **options: Any) -> LostTail:
            return tail

    fan_out = Live(Losing())  # type: ignore[arg-type]  # only what a Live asks of a stream
    feed = await joined_feed(fan_out, ada.id)
    with pytest.raises(StreamEnded):
        await feed.next(3)
    assert tail.closed
    fan_out.leave(feed)


async def test_a_stream_that_cannot_be_followed_leaves_nothing(ada: Person) -> None:
    class Down:
        async def subscribe(self, *args: Any, **options: Any) -> Any:
            raise Unavailable

    fan_out = Live(Down())  # type: ignore[arg-type]  # only what a Live asks of a stream
    feed = fan_out.enter("203.0.113.7")
    with pytest.raises(Unavailable):
        await fan_out.join(feed, ada.id)
    fan_out.leave(feed)
    assert fan_out.open == 0


async def test_the_caps_are_refused_before_anything_is_opened(ports: Ports, app: FastAPI) -> None:
    fan_out = Live(ports.stream, streams=live.STREAMS_PER_USER + 1)
    feeds = [await joined_feed(fan_out, "a") for _ in range(live.STREAMS_PER_USER)]
    late = fan_out.enter("203.0.113.7")
    with pytest.raises(TooManyRequests):
        await fan_out.join(late, "a")
    with pytest.raises(Unavailable):
        fan_out.enter("198.51.100.1")
    for feed in (*feeds, late):
        fan_out.leave(feed)
    assert fan_out.open == 0


@pytest.mark.usefixtures("fast_heartbeat")
async def test_what_the_tail_does_not_tell_is_found_at_the_next_beat(
    ada: Person, ports: Ports
) -> None:
    async with aclosing(follow(ports, Feed("a", ada.id), BEGINNING, check=nothing)) as following:
        assert await anext(following) is None
        await tell(ports, ada.id, "p1")
        item = await anext(following)
    assert item is not None
    assert item["posting"]["id"] == "p1"


@pytest.mark.usefixtures("fast_heartbeat")
async def test_a_refused_check_ends_the_following(ports: Ports, app: FastAPI) -> None:
    async def refused() -> None:
        raise Unauthenticated

    following = follow(ports, Feed("203.0.113.7", "a"), BEGINNING, check=refused)
    with pytest.raises(Unauthenticated):
        await anext(following)


async def test_one_is_present_as_soon_as_a_stream_begins(ada: Person, ports: Ports) -> None:
    await tell(ports, ada.id, "p1")
    async with aclosing(follow(ports, Feed("a", ada.id), BEGINNING, check=nothing)) as following:
        assert await anext(following) is not None
        assert await ports.cache.present(PEOPLE) == 1


@pytest.mark.usefixtures("fast_heartbeat")
async def test_one_is_present_as_long_as_a_stream_beats(
    ada: Person, ports: Ports, clock: Any
) -> None:
    feeds = [Feed("a", ada.id), Feed("b", ada.id)]
    async with (
        aclosing(follow(ports, feeds[0], BEGINNING, check=nothing)) as stays,
        aclosing(follow(ports, feeds[1], BEGINNING, check=nothing)) as goes,
    ):
        for following in (stays, goes):
            assert await anext(following) is None
        for _ in range(3):
            clock.advance(PRESENT_S - 1)
            assert await anext(stays) is None
            assert await ports.cache.present(PEOPLE) == 1
    clock.advance(PRESENT_S)
    assert await ports.cache.present(PEOPLE) == 0


async def test_an_event_that_was_overtaken_is_not_missed(ada: Person, ports: Ports) -> None:
    """As after an outage of the stream, when the writer's event is there before the relay's."""
    await tell_many(ports, ada.id, range(3))
    first, second, third = await since(ports, ada.id, BEGINNING)
    feed = Feed("203.0.113.7", ada.id)
    feed.hear(second["position"])
    async with aclosing(follow(ports, feed, BEGINNING, check=nothing)) as following:
        seen = [await anext(following) for _ in range(3)]
    assert seen == [first, second, third]


async def test_events_of_other_kinds_pass_by(app: FastAPI, ada: Person, ports: Ports) -> None:
    fan_out = Live(ports.stream)
    feed = await joined_feed(fan_out, ada.id)
    other = Event(type="notification.read.v1", subject="n", key=ada.id, data={"id": "n"})
    await ports.stream.publish(NOTIFICATION_EVENTS, [other])
    assert await feed.next(0.1) == NONE
    fan_out.leave(feed)
