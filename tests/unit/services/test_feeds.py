"""Feeds: schedule, claim, health, and that no bad answer closes or forgets anything."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from backends.documents.collections import FEEDS, POSTINGS
from backends.fetch.base import Fetched, FetchFailed
from models.base import timestamp
from models.errors import InvalidInput
from models.feed import Feed
from services import feeds
from services.ports import Ports

URL = "https://jobs.example/feed.xml"


def document(*titles: str) -> bytes:
    items = "".join(f"<item><title>{t}</title><guid>{t}</guid></item>\n" for t in titles)
    return f"<rss><channel><title>Acme</title>\n{items}</channel></rss>".encode()


@dataclass
class ScriptedFetcher:
    """A Fetcher that answers what it was given, one after the other, and keeps the requests."""

    answers: list[Fetched | FetchFailed]
    requests: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        self.requests.append((url, etag, last_modified))
        answer = self.answers.pop(0)
        if isinstance(answer, FetchFailed):
            raise answer
        return answer


def body(content: bytes, **headers: Any) -> Fetched:
    return Fetched(url=URL, body=content, **headers)


async def poll(ports: Ports, *answers: Fetched | FetchFailed, chance: float = 0.0) -> list[Feed]:
    """Poll the one feed once for each answer, each time when it is due."""
    fetcher = ScriptedFetcher(list(answers))
    polled = []
    clock: Any = ports.clock
    while fetcher.answers:
        stored = Feed.model_validate((await ports.documents.find(FEEDS)).items[0].body)
        clock.now = max(clock.now, stored.next_at)
        (claimed,) = await feeds.claim_due(ports, 10)
        polled.append(await feeds.poll(ports, fetcher, claimed, lambda: chance))
    return polled


async def stored(ports: Ports) -> Feed:
    return await anext(feeds.every(ports))


async def postings(ports: Ports) -> dict[str, tuple[str, int]]:
    page = await ports.documents.find(POSTINGS)
    return {d.body["given"]["title"]: (d.body["status"], d.body["version"]) for d in page.items}


async def test_an_added_feed_is_due_at_once(ports: Ports) -> None:
    added = await feeds.add(ports, URL, 600)
    assert added == await stored(ports)
    assert added.owner_id == f"feed:{added.id}"
    assert added.next_at == ports.clock()


async def test_a_feed_that_is_there_keeps_its_state_and_takes_the_interval(ports: Ports) -> None:
    await feeds.add(ports, URL, 600)
    (polled,) = await poll(ports, body(document("Cook")))
    again = await feeds.add(ports, URL, 900)
    assert again == polled.model_copy(update={"interval_s": 900}) == await stored(ports)
    assert await feeds.add(ports, URL, 900) == again


@pytest.mark.parametrize(
    "url, interval_s, pointer",
    [
        ("ftp://jobs.example/", 600, "/url"),
        ("file:///etc/passwd", 600, "/url"),
        (URL, 59, "/interval_s"),
        (URL, 10**7, "/interval_s"),
    ],
)
async def test_what_is_no_feed(ports: Ports, url: str, interval_s: int, pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await feeds.add(ports, url, interval_s)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert [feed async for feed in feeds.every(ports)] == []


async def test_items_are_submitted_once(ports: Ports) -> None:
    added = await feeds.add(ports, URL, 600)
    first, second = await poll(ports, body(document("Cook")), body(document("Cook", "Waiter")))
    assert await postings(ports) == {"Cook": ("submitted", 1), "Waiter": ("submitted", 1)}
    owners = {d.body["owner_id"] for d in (await ports.documents.find(POSTINGS)).items}
    assert owners == {added.owner_id}
    assert (first.last_items, second.last_items, second.failures) == (1, 2, 0)
    assert second.last_ok_at == second.next_at - timedelta(seconds=600)


async def test_requests_are_conditional_and_what_is_unchanged_is_not_read(ports: Ports) -> None:
    await feeds.add(ports, URL, 600)
    fetcher_answers = [
        body(document("Cook"), etag='"1"', last_modified="Sat, 21 Nov 2026 09:00:00 GMT"),
        body(b"", not_modified=True),
        body(document("Cook"), etag='"2"'),
    ]
    fetcher = ScriptedFetcher(list(fetcher_answers))
    clock: Any = ports.clock
    health = []
    for _ in range(3):
        (claimed,) = await feeds.claim_due(ports, 1)
        health.append(await feeds.poll(ports, fetcher, claimed, lambda: 0.0))
        clock.advance(600)
    first, modified = (None, None), ('"1"', "Sat, 21 Nov 2026 09:00:00 GMT")
    assert [request[1:] for request in fetcher.requests] == [first, modified, modified]
    assert [feed.etag for feed in health] == ['"1"', '"1"', '"2"']
    assert health[1].last_items == health[2].last_items == 1
    assert health[2].last_ok_at is not None


BAD = [
    (FetchFailed("the answer has status 500"), "the answer has status 500"),
    (body(b"<!doctype html><p>Hi"), "line 1: expected an RSS or Atom feed, got an HTML page"),
    (body(b""), "line 1: expected well-formed XML, got no element found"),
    (
        body(document("Waiter", "Cut")[:-40]),
        "line 3: expected well-formed XML, got no element found",
    ),
]


@pytest.mark.parametrize("answer, error", BAD)
async def test_a_bad_answer_closes_nothing_and_is_recorded(
    ports: Ports, answer: Fetched | FetchFailed, error: str
) -> None:
    await feeds.add(ports, URL, 600)
    good, bad = await poll(ports, body(document("Cook"), etag='"1"'), answer)
    assert (await postings(ports))["Cook"] == ("submitted", 1)
    assert (bad.last_error, bad.failures) == (error, 1)
    assert (bad.last_ok_at, bad.etag, bad.body_hash) == (good.last_ok_at, '"1"', good.body_hash)
    (well,) = await poll(ports, body(document("Cook")))
    assert (well.last_error, well.failures) == (None, 0)
    assert well.last_error_at == bad.last_error_at


async def test_a_cut_answer_gives_what_came_before_and_is_read_again(ports: Ports) -> None:
    await feeds.add(ports, URL, 600)
    whole = document("Waiter", "Cook")
    cut, well = await poll(ports, body(whole[:-40]), body(whole))
    assert set(await postings(ports)) == {"Waiter", "Cook"}
    assert (cut.body_hash, well.last_items) == (None, 2)


async def test_bad_items_are_counted_and_the_others_taken(ports: Ports) -> None:
    await feeds.add(ports, URL, 600)
    (polled,) = await poll(ports, body(document("Cook", "", "Waiter")))
    assert (polled.last_items, polled.last_rejected, polled.failures) == (3, 1, 0)
    assert set(await postings(ports)) == {"Cook", "Waiter"}


@pytest.mark.parametrize("chance, share", [(0.0, 0.5), (0.999999, 1.0)])
async def test_failures_wait_longer_each_time(ports: Ports, chance: float, share: float) -> None:
    await feeds.add(ports, URL, 600)
    polled = await poll(ports, *[FetchFailed("no")] * 9, chance=chance)
    waits = [(f.next_at - f.last_error_at).total_seconds() for f in polled if f.last_error_at]
    expected = [min(86_400, 600 * 2**n * share) for n in range(1, 10)]
    assert waits == pytest.approx(expected, rel=1e-4)
    assert polled[-1].failures == 9


async def test_the_servers_own_wish_is_obeyed(ports: Ports) -> None:
    await feeds.add(ports, URL, 60)
    (polled,) = await poll(ports, FetchFailed("the answer has status 429", retry_after_s=3600))
    assert polled.next_at - ports.clock() == timedelta(hours=1)


async def test_polls_are_spread(ports: Ports) -> None:
    await feeds.add(ports, URL, 1000)
    (polled,) = await poll(ports, body(document("Cook")), chance=0.5)
    assert polled.next_at - ports.clock() == timedelta(seconds=1025)


async def test_two_pollers_never_claim_one_feed(ports: Ports) -> None:
    for number in range(20):
        await feeds.add(ports, f"{URL}?{number}", 600)
    first, second = await feeds.claim_due(ports, 15), await feeds.claim_due(ports, 15)
    ids = [d.id for d in (*first, *second)]
    assert len(ids) == len(set(ids)) == 20
    assert await feeds.claim_due(ports, 15) == []


async def test_a_claim_of_a_dead_poller_ends(ports: Ports, clock: Any) -> None:
    await feeds.add(ports, URL, 600)
    (dead,) = await feeds.claim_due(ports, 1)
    clock.advance(feeds.LEASE.total_seconds())
    (claimed,) = await feeds.claim_due(ports, 1)
    polled = await feeds.poll(
        ports, ScriptedFetcher([body(document("Cook"))]), claimed, lambda: 0.0
    )
    late = ScriptedFetcher([FetchFailed("late")])
    await feeds.poll(ports, late, dead, lambda: 0.0)
    assert await stored(ports) == polled


async def test_the_longest_due_come_first(ports: Ports, clock: Any) -> None:
    begin: datetime = clock.now
    for minutes in (2, 0, 1):
        clock.now = begin + timedelta(minutes=minutes)
        await feeds.add(ports, f"{URL}?{minutes}", 600)
    clock.now = begin + timedelta(minutes=1)
    claimed = await feeds.claim_due(ports, 10)
    assert [d.body["url"][-1] for d in claimed] == ["0", "1"]
    assert {d.body["next_at"] for d in claimed} == {timestamp(clock.now + feeds.LEASE)}
