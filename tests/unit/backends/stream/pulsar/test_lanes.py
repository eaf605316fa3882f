"""Publishing: order, bounds and failures, on a sender that is held by the test."""

import asyncio

import pytest

from backends.stream.base import PARTITIONS
from backends.stream.pulsar_client import Sender
from backends.stream.pulsar_lanes import Lane, partition_of, put_all
from backends.stream.pulsar_places import Place
from models.errors import TooLarge, Unavailable
from models.events import Event
from models.shards import bucket_of


class HeldSender(Sender):
    """A broker that confirms when it is told to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.in_flight: list[asyncio.Future[None]] = []
        self.closed = False

    async def send(self, body: bytes, key: str | None = None) -> Place:
        self.sent.append(body)
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.in_flight.append(answer)
        await answer
        return Place(0, len(self.sent))

    async def close(self) -> None:
        self.closed = True

    def confirm(self, number: int = 1) -> None:
        for answer in self.in_flight[:number]:
            answer.set_result(None)
        del self.in_flight[:number]


def lane_on(*senders: Sender, in_flight_max: int = 3) -> Lane:
    waiting = list(senders)

    async def make() -> Sender:
        await asyncio.sleep(0)
        if not waiting:
            raise Unavailable("no broker")
        return waiting.pop(0)

    return Lane(make, in_flight_max=in_flight_max)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_sends_overlap_in_order_and_are_bounded() -> None:
    sender = HeldSender()
    lane = lane_on(sender)
    puts = [lane.put(b"%d" % number, "k") for number in range(5)]
    await settle()
    assert sender.sent == [b"0", b"1", b"2"]
    sender.confirm()
    await settle()
    assert sender.sent == [b"0", b"1", b"2", b"3"]
    assert [put.done() for put in puts] == [True, False, False, False, False]
    sender.confirm(3)
    await settle()
    sender.confirm()
    await asyncio.gather(*puts)
    assert sender.sent == [b"%d" % number for number in range(5)]


async def test_where_one_fails_nothing_behind_it_is_sent() -> None:
    broken, healed = HeldSender(), HeldSender()
    lane = lane_on(broken, healed, in_flight_max=1)
    puts = [lane.put(b"%d" % number, "k") for number in range(3)]
    await settle()
    broken.in_flight[0].set_exception(Unavailable("timed out"))
    results = await asyncio.gather(*puts, return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable] * 3
    assert broken.sent == [b"0"]
    assert broken.closed
    again = [lane.put(b"%d" % number, "k") for number in range(3)]
    for _ in again:
        await settle()
        healed.confirm()
    await asyncio.gather(*again)
    assert healed.sent == [b"0", b"1", b"2"]


async def test_where_no_sender_can_be_made_everything_waiting_fails() -> None:
    lane = lane_on()
    for _ in range(2):
        puts = [lane.put(b"x", "k") for _ in range(3)]
        results = await asyncio.gather(*puts, return_exceptions=True)
        assert [type(result) for result in results] == [Unavailable] * 3


async def test_who_waits_no_more_disturbs_nobody() -> None:
    sender = HeldSender()
    lane = lane_on(sender)
    first, second = lane.put(b"1", "k"), lane.put(b"2", "k")
    first.cancel()
    await settle()
    sender.confirm(2)
    await second
    assert sender.sent == [b"1", b"2"]


async def test_closing_gives_up_what_is_not_confirmed() -> None:
    sender = HeldSender()
    lane = lane_on(sender, in_flight_max=1)
    puts = [lane.put(b"x", "k") for _ in range(2)]
    await settle()
    await lane.close()
    results = await asyncio.gather(*puts, return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable] * 2
    assert sender.closed


async def test_each_event_goes_to_the_lane_of_its_key() -> None:
    sender, asked = HeldSender(), []
    lane = lane_on(sender, in_flight_max=100)

    def lane_of(number: int) -> Lane:
        asked.append(number)
        return lane

    events = [Event(type="t.v1", subject="s", key=f"key{n}") for n in range(20)]
    publishing = asyncio.create_task(put_all(lane_of, events))
    await settle()
    sender.confirm(20)
    await publishing
    assert asked == [bucket_of(each.key) % PARTITIONS for each in events]
    assert [Event.model_validate_json(body) for body in sender.sent] == events
    assert partition_of("key3") == asked[3]


async def test_one_that_is_too_large_holds_all_back() -> None:
    sender = HeldSender()
    lane = lane_on(sender)
    huge = Event(type="t.v1", subject="s", key="k", data={"text": "x" * 5_000_000})
    with pytest.raises(TooLarge):
        await put_all(lambda _: lane, [Event(type="t.v1", subject="s", key="k"), huge])
    await settle()
    assert sender.sent == []
