"""Publishing: order, bounds and failures, on a sender that is held by the test."""

import asyncio

import pytest

from backends.stream.base import PARTITIONS
from backends.stream.pulsar_client import Busy, Sender
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


async def within(sent: asyncio.Future[None]) -> None:
    async with asyncio.timeout(1.0):
        await sent


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


@pytest.mark.parametrize("fault", [Busy("taken"), RuntimeError("the driver is broken")])
async def test_whatever_the_making_of_a_sender_ends_with_nobody_waits_for_ever(
    fault: Exception,
) -> None:
    async def make() -> Sender:
        raise fault

    lane = Lane(make)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await within(lane.put(b"x", "k"))


async def test_whatever_a_send_ends_with_nobody_waits_for_ever() -> None:
    broken, healed = HeldSender(), HeldSender()
    lane = lane_on(broken, healed, in_flight_max=1)
    puts = [lane.put(b"x", "k") for _ in range(2)]
    await settle()
    broken.in_flight[0].set_exception(RuntimeError("the driver is broken"))
    for put in puts:
        with pytest.raises(Unavailable):
            await within(put)
    again = lane.put(b"y", "k")
    await settle()
    healed.confirm()
    await within(again)


async def test_what_comes_while_a_full_lane_fails_goes_to_the_next_sender() -> None:
    broken, healed = HeldSender(), HeldSender()
    lane = lane_on(broken, healed, in_flight_max=2)
    fails, holds = lane.put(b"1", "k"), lane.put(b"2", "k")
    await settle()
    between = lane.put(b"3", "k")
    await settle()
    broken.in_flight[0].set_exception(Unavailable("timed out"))
    with pytest.raises(Unavailable):
        await within(fails)
    with pytest.raises(Unavailable):
        await within(between)
    behind = lane.put(b"4", "k")
    broken.in_flight[1].set_result(None)
    await within(holds)
    await settle()
    healed.confirm()
    await within(behind)
    assert (broken.sent, healed.sent) == ([b"1", b"2"], [b"4"])


async def test_a_lane_that_failed_holds_as_many_as_before() -> None:
    broken, healed = HeldSender(), HeldSender()
    lane = lane_on(broken, healed, in_flight_max=2)
    puts = [lane.put(b"x", "k") for _ in range(2)]
    await settle()
    for answer in broken.in_flight:
        answer.set_exception(Unavailable("timed out"))
    await asyncio.gather(*puts, return_exceptions=True)
    again = [lane.put(b"%d" % number, "k") for number in range(3)]
    await settle()
    assert healed.sent == [b"0", b"1"]
    healed.confirm(2)
    await settle()
    healed.confirm()
    await asyncio.gather(*again)


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


@pytest.mark.parametrize("rounds", range(6))
async def test_closing_gives_up_what_has_come_however_far_it_is(rounds: int) -> None:
    made: list[HeldSender] = []

    async def make() -> Sender:
        await asyncio.sleep(0)
        made.append(HeldSender())
        return made[-1]

    lane = Lane(make)
    puts = [lane.put(b"x", "k") for _ in range(5)]
    for _ in range(rounds):
        await asyncio.sleep(0)
    await lane.close()
    sent = [len(sender.sent) for sender in made]
    for put in puts:
        with pytest.raises(Unavailable):
            await within(put)
    await settle()
    assert [len(sender.sent) for sender in made] == sent
    assert all(sender.closed for sender in made)


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
