"""What only Pulsar can do to us: a broker that dies, freezes, forgets, asks for a token."""

import asyncio
import json
import signal
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import servers
from backends.stream.base import PARTITIONS, After, Delivery, PositionLost, Stream, Subscription
from backends.stream.pulsar import PulsarStream
from backends.stream.pulsar_client import PulsarClient
from backends.stream.pulsar_lanes import BODY_MAX
from backends.stream.pulsar_owner import Record
from backends.stream.pulsar_places import event_place
from models.base import new_id
from models.errors import Conflict, Fenced, TooLarge, Unavailable
from models.events import Event
from models.shards import bucket_of
from servers import Server
from tests.contract.adapters import LEASE_S, shared_server
from tests.contract.adapters_pulsar import delete_namespaces
from tests.contract.streaming import (
    TOPIC,
    WAIT_S,
    WAYS,
    event,
    eventually_behind,
    names,
    receive_all,
    receive_what_comes,
    replay,
)

KEYS = 20
ROOT = Path(__file__).parents[2]
FROZEN_S = 40.0
"""How long a process may take to join, or to find out what happened while it was frozen."""
ALL = range(PARTITIONS)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    """One of the test's own, to be ill-treated."""
    shared_server("pulsar")
    made = servers.launch("pulsar", tmp_path / "pulsar")
    yield made
    made.stop()


@asynccontextmanager
async def opened(stream: PulsarStream) -> AsyncIterator[PulsarStream]:
    await stream.open()
    try:
        yield stream
    finally:
        await stream.close()


@pytest.fixture
async def namespace() -> AsyncIterator[str]:
    """One of the test's own on the shared broker."""
    await asyncio.to_thread(shared_server, "pulsar")
    name = f"public/test-{new_id()}"
    yield name
    await asyncio.to_thread(delete_namespaces, servers.admin_url("pulsar"), name)


@pytest.fixture
async def shared(namespace: str) -> AsyncIterator[PulsarStream]:
    """A stream on the shared broker."""
    made = PulsarStream(
        servers.running("pulsar"),
        admin_url=servers.admin_url("pulsar"),
        namespace=namespace,
        lease_s=LEASE_S,
    )
    async with opened(made):
        yield made


@pytest.fixture
async def stream(broker: Server) -> AsyncIterator[PulsarStream]:
    async with opened(
        PulsarStream(broker.url, admin_url=broker.admin_url, lease_s=LEASE_S)
    ) as made:
        yield made


async def publish_patiently(stream: Stream, rounds: list[list[Event]]) -> int:
    """Publish one round after the other, each again and again until it is stored; how often that
    was refused."""
    refused = 0
    for each in rounds:
        while True:
            try:
                await stream.publish(TOPIC, each)
                break
            except Unavailable:
                refused += 1
        await asyncio.sleep(0.02)
    return refused


async def subscribe_patiently(stream: Stream, name: str) -> Subscription:
    """A claim of every partition. A broker that has just come back may still lack its bookie."""
    while True:
        try:
            return await stream.subscribe(TOPIC, name, "ordered", partitions=ALL)
        except Unavailable:
            await asyncio.sleep(0.1)


async def consume(subscription: Subscription, count: int) -> list[Delivery]:
    """Receive and acknowledge until so many different events have come."""
    got: list[Delivery] = []
    ids: set[str] = set()
    while len(ids) < count:
        batch = await subscription.receive(50, WAIT_S)
        got += batch
        ids.update(names(batch))
        while batch:
            try:
                await subscription.ack(batch)
                break
            except Unavailable:
                await asyncio.sleep(0.1)
    return got


def first_of_each(got: list[Delivery]) -> dict[str, list[str]]:
    """The subjects of each key in the order they came first."""
    subjects: dict[str, dict[str, None]] = defaultdict(dict)
    for each in got:
        subjects[each.event.key][each.event.subject] = None
    return {key: list(found) for key, found in subjects.items()}


def rounds_of(count: int) -> list[list[Event]]:
    """Rounds of one event for each key."""
    return [
        [Event(type="test.v1", subject=f"{number}", key=f"key{key}") for key in range(KEYS)]
        for number in range(count)
    ]


@pytest.mark.parametrize("way", ["kill", "freeze"])
async def test_a_broker_that_dies_or_freezes_loses_nothing_and_keeps_the_order(
    broker: Server, stream: PulsarStream, way: str
) -> None:
    claimed = await stream.subscribe(TOPIC, "claimed", "ordered", partitions=ALL)
    group = await stream.subscribe(TOPIC, "group", "ordered")
    shared = await stream.subscribe(TOPIC, "shared", "shared")
    tail = await stream.subscribe(TOPIC, "", "tail")
    end = await stream.end(TOPIC)
    rounds = rounds_of(150)
    subscriptions = {"claimed": claimed, "group": group, "shared": shared, "tail": tail}
    consumers = [asyncio.create_task(consume(each, 150 * KEYS)) for each in subscriptions.values()]
    publishing = asyncio.create_task(publish_patiently(stream, rounds))
    await asyncio.sleep(1.0)
    if way == "kill":
        await asyncio.to_thread(broker.kill)
        await asyncio.to_thread(broker.start)
    else:
        broker.pause()
        await asyncio.sleep(7.0)
        broker.resume()
    async with asyncio.timeout(60):
        assert await publishing > 0
        results = await asyncio.gather(*consumers)
    expected = {f"key{key}": [f"{number}" for number in range(150)] for key in range(KEYS)}
    for name, got in zip(subscriptions, results, strict=True):
        found = first_of_each(got)
        if name == "shared":
            found = {key: sorted(subjects, key=int) for key, subjects in found.items()}
        assert found == expected, name
    assert first_of_each(await replay(stream, from_position=end)) == expected
    for subscription in subscriptions.values():
        await subscription.close()


async def test_the_newest_owner_wins_also_across_a_restart_of_the_broker(
    broker: Server, stream: PulsarStream
) -> None:
    await stream.publish(TOPIC, [event("a"), event("b")])
    old = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL)
    got = await receive_all(old, 2)
    await old.ack(got[:1])
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)
    newer = PulsarStream(broker.url, admin_url=broker.admin_url, lease_s=LEASE_S)
    async with opened(newer) as other, asyncio.timeout(30):
        new = await subscribe_patiently(other, "s")
        assert names(await receive_all(new, 1)) == ["b"]
        with pytest.raises(Fenced):
            await receive_for_ever(old)
        with pytest.raises(Fenced):
            await old.ack(got[1:])
        await old.close()
        await other.publish(TOPIC, [event("c")])
        await new.ack(await receive_all(new, 1))
        await eventually_behind(other, {"s": (TOPIC, 0)})
        await new.close()


async def receive_for_ever(subscription: Subscription) -> None:
    while True:
        await subscription.receive(10, WAIT_S)


async def test_without_a_broker_every_verb_is_unavailable(
    broker: Server, stream: PulsarStream
) -> None:
    await stream.publish(TOPIC, [event("a")])
    position = await stream.end(TOPIC)
    subscription = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL)
    got = await receive_all(subscription, 1)
    broker.kill()
    verbs: list[Awaitable[object]] = [
        stream.publish(TOPIC, [event("b")]),
        stream.publish("never-seen", [event("b")]),
        stream.subscribe(TOPIC, "other", "ordered"),
        stream.subscribe(TOPIC, "", "tail"),
        subscription.ack(got),
        replay(stream),
        replay(stream, from_position=position),
        stream.lags(),
        stream.forget(TOPIC, "s"),
        stream.subscribe(TOPIC, "after", "ordered", start=After(("s",))),
        opened_and_closed(PulsarStream(broker.url, admin_url=broker.admin_url)),
    ]
    async with asyncio.timeout(15):
        results = await asyncio.gather(*verbs, return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable] * len(verbs)
    assert await subscription.receive(10, 0.05) == []


async def opened_and_closed(stream: PulsarStream) -> None:
    async with opened(stream):
        pass


async def test_token_and_certificate_are_passed_on(tmp_path: Path) -> None:
    shared_server("pulsar")
    broker = await asyncio.to_thread(servers.launch, "pulsar", tmp_path / "pulsar", auth=True)
    try:
        trusted = PulsarStream(
            broker.tls_url,
            admin_url=broker.admin_tls_url,
            token=broker.token,
            tls_ca=broker.ca_file,
        )
        async with opened(trusted) as stream:
            await stream.publish(TOPIC, [event("a")])
            subscription = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL)
            await subscription.ack(await receive_all(subscription, 1))
            assert names(await replay(stream)) == ["a"]
            await subscription.close()
        without_token = PulsarStream(
            broker.tls_url, admin_url=broker.admin_tls_url, tls_ca=broker.ca_file
        )
        without_trust = PulsarStream(
            broker.tls_url, admin_url=broker.admin_tls_url, token=broker.token
        )
        for refused in (without_token, without_trust):
            with pytest.raises(Unavailable):
                await opened_and_closed(refused)
    finally:
        await asyncio.to_thread(broker.stop)


async def test_where_retention_took_events_the_position_is_lost(
    shared: PulsarStream, namespace: str
) -> None:
    position = await shared.end(TOPIC)
    await shared.publish(TOPIC, [event("a"), event("b")])
    first, _ = await replay(shared)
    after_all = await shared.end(TOPIC)
    await asyncio.to_thread(forget_everything, namespace, first.partition)
    await shared.publish(TOPIC, [event("c")])
    for lost in (position, first.position):
        with pytest.raises(PositionLost):
            await replay(shared, from_position=lost)
    assert names(await replay(shared)) == ["c"]
    # Whoever read on without a pause has missed nothing.
    assert names(await replay(shared, from_position=after_all)) == ["c"]


def forget_everything(namespace: str, partition: int) -> None:
    """Let the broker drop every ledger of one partition that it does not write to."""
    admin = f"{servers.admin_url('pulsar')}/admin/v2"
    path = f"{admin}/persistent/{namespace}/{TOPIC}-partition-{partition}"
    retention = {"retentionTimeInMinutes": 0, "retentionSizeInMB": 0}
    ask("POST", f"{admin}/namespaces/{namespace}/retention", retention)
    ask("PUT", f"{path}/unload")
    deadline = time.monotonic() + 10
    while ask("GET", f"{path}/internalStats")["totalSize"]:
        assert time.monotonic() < deadline
        ask("POST", f"{path}/trim")
        time.sleep(0.1)


def ask(method: str, url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


async def test_a_topic_with_another_number_of_partitions_is_refused(
    shared: PulsarStream, namespace: str
) -> None:
    url = f"{servers.admin_url('pulsar')}/admin/v2/persistent/{namespace}/{TOPIC}/partitions"
    await asyncio.to_thread(ask, "PUT", url, 4)
    with pytest.raises(Conflict, match="4 partitions, not 16"):
        await shared.publish(TOPIC, [event("a")])


async def test_an_event_that_is_too_large_is_refused_before_any_is_sent(
    shared: PulsarStream,
) -> None:
    huge = Event(type="test.v1", subject="s", key="k", data={"text": "x" * BODY_MAX})
    with pytest.raises(TooLarge):
        await shared.publish(TOPIC, [event("a"), huge])
    assert await replay(shared) == []
    large = Event(type="test.v1", subject="s", key="k", data={"text": "x" * (BODY_MAX - 1_000)})
    await shared.publish(TOPIC, [large])
    assert [each.event for each in await replay(shared)] == [large]


async def test_those_who_found_a_subscription_at_once_agree_where_it_begins(
    shared: PulsarStream,
) -> None:
    await shared.publish(TOPIC, [event(f"old{n}", f"key{n}") for n in range(50)])
    joined = await asyncio.gather(
        *(
            shared.subscribe(TOPIC, "s", "ordered", start="latest", partitions=[number])
            for number in ALL
        )
    )
    sent = [event(f"new{n}", f"key{n}") for n in range(50)]
    await shared.publish(TOPIC, sent)
    got = await asyncio.gather(*(receive_what_comes(each) for each in joined))
    assert sorted(name for each in got for name in names(each)) == sorted(e.id for e in sent)
    for subscription in joined:
        await subscription.close()


async def test_who_finds_a_subscription_in_another_mode_is_told_so_also_later(
    shared: PulsarStream,
) -> None:
    await (await shared.subscribe(TOPIC, "s", "shared")).close()
    with pytest.raises(Conflict):
        await shared.subscribe(TOPIC, "s", "ordered")


async def test_subscribing_that_is_cancelled_holds_nothing(shared: PulsarStream) -> None:
    await shared.publish(TOPIC, [event(f"e{n}", f"key{n}") for n in range(50)])
    for delay_s in (0.0, 0.01, 0.03, 0.1, 0.15):
        joining = asyncio.create_task(shared.subscribe(TOPIC, "s", "ordered"))
        await asyncio.sleep(delay_s)
        joining.cancel()
        await asyncio.wait([joining])
        if not joining.cancelled():
            await joining.result().close()
    subscription = await shared.subscribe(TOPIC, "s", "ordered")
    async with asyncio.timeout(WAIT_S):
        assert len(await receive_all(subscription, 50)) == 50
    await subscription.close()


async def test_a_copy_holds_nothing_up(shared: PulsarStream) -> None:
    """Published again, an event is left out and acknowledged with the one before it."""
    ordered = await shared.subscribe(TOPIC, "ordered", "ordered", partitions=ALL)
    any_ = await shared.subscribe(TOPIC, "shared", "shared")
    edge = await shared.subscribe(TOPIC, "", "tail")
    for batch in (["a", "b"], ["b", "a", "b"], ["c"], ["a"]):
        await shared.publish(TOPIC, [event(name) for name in batch])
    for subscription in (ordered, any_, edge):
        got = await receive_what_comes(subscription)
        assert names(got) == ["a", "b", "c"]
        await subscription.ack(got)
    await shared.publish(TOPIC, [event("b")])
    await eventually_behind(shared, {"ordered": (TOPIC, 0), "shared": (TOPIC, 0)})
    for subscription in (ordered, any_, edge):
        await subscription.close()


async def test_what_is_no_event_holds_nothing_up(shared: PulsarStream, namespace: str) -> None:
    ordered = await shared.subscribe(TOPIC, "ordered", "ordered", partitions=ALL)
    any_ = await shared.subscribe(TOPIC, "shared", "shared")
    client = PulsarClient(servers.running("pulsar"))
    client.open()
    number = bucket_of("k") % PARTITIONS
    foreign = await client.sender(f"persistent://{namespace}/{TOPIC}-partition-{number}")
    await foreign.send(b"hello")
    await shared.publish(TOPIC, [event("a")])
    await foreign.send(b"{}")
    await foreign.close()
    await client.close()
    for subscription in (ordered, any_):
        got = await receive_what_comes(subscription)
        assert names(got) == ["a"]
        await subscription.ack(got)
    await eventually_behind(shared, {"ordered": (TOPIC, 0), "shared": (TOPIC, 0)})
    assert names(await replay(shared)) == ["a"]
    await ordered.close()
    await any_.close()


async def owners_left(namespace: str) -> list[str]:
    """The topics that subscriptions have for themselves."""
    url = f"{servers.admin_url('pulsar')}/admin/v2/persistent/{namespace}-owners"
    listed = [await asyncio.to_thread(ask, "GET", f"{url}{end}") for end in ("", "/partitioned")]
    return [name for names_ in listed for name in names_ if "/job-events" in name]


@asynccontextmanager
async def consuming(namespace: str, kind: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A consumer in a process of its own."""
    arguments = (servers.running("pulsar"), servers.admin_url("pulsar"), namespace, kind)
    made = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.contract.pulsar_consumer", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await until_said(made, "joined")
        yield made
    finally:
        if made.returncode is None:
            made.kill()
            await made.wait()


async def until_said(process: asyncio.subprocess.Process, word: str) -> None:
    """Wait for a line of this word; between them the driver says what it thinks."""
    assert process.stdout is not None
    async with asyncio.timeout(FROZEN_S):
        while (line := await process.stdout.readline()) != f"{word}\n".encode():
            assert line, f"it ended and never said {word}"


@pytest.mark.parametrize("kind", WAYS)
async def test_a_frozen_consumer_does_not_bring_back_what_was_forgotten(
    shared: PulsarStream, namespace: str, kind: str
) -> None:
    await shared.publish(TOPIC, [event("a")])
    async with consuming(namespace, kind) as frozen:
        await eventually_behind(shared, {"s": (TOPIC, 0)})
        frozen.send_signal(signal.SIGSTOP)
        await shared.forget(TOPIC, "s")
        assert await shared.lags() == []
        assert await owners_left(namespace) == []
        frozen.send_signal(signal.SIGCONT)
        await until_said(frozen, "fenced")
        assert await frozen.wait() == 0
    assert await shared.lags() == []
    assert await owners_left(namespace) == []


async def test_what_an_owner_of_a_forgotten_subscription_writes_does_not_count(
    shared: PulsarStream, namespace: str
) -> None:
    await shared.publish(TOPIC, [event("a"), event("b")])
    old = await shared.subscribe(TOPIC, "s", "ordered", partitions=ALL)
    _, second = await receive_all(old, 2)
    await shared.forget(TOPIC, "s")
    await (await shared.subscribe(TOPIC, "s", "ordered", partitions=())).close()
    client = PulsarClient(servers.running("pulsar"))
    client.open()
    log = f"persistent://{namespace}-owners/{TOPIC}~s-partition-{second.partition}"
    zombie = await client.sender(log, "exclusive")
    await zombie.send(Record("zombie", event_place(second.position), "old").to_bytes())
    await zombie.close()
    await client.close()
    for name, start in (("s", "earliest"), ("next", After(("s",)))):
        new = await shared.subscribe(TOPIC, name, "ordered", start=start, partitions=ALL)
        assert names(await receive_all(new, 2)) == ["a", "b"]
        await new.close()
    await old.close()
