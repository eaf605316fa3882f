"""One vacancy once, on its way through all actors: near copies from several sources, processed at
the same moment, are one hit and told once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from actors.indexer import IndexShard
from actors.processor import Processor
from backends.documents.collections import POSTINGS
from backends.search.base import SearchRequest
from backends.search.memory import MemorySearchIndex
from models.events import JOB_EVENTS, Event
from models.posting import Given, Posting
from models.topology import ActorRole
from services.clusters import regrouping
from services.intake import board, postings
from services.ports import Ports
from tests.unit.actors.matchers import MakeShard, matches, save, settle, shard_of
from tests.unit.services.clusters.test_clustering import text
from tests.unit.services.clusters.test_merging import admin

__all__ = ["shard_of"]

Events = Callable[[str], Awaitable[list[Event]]]
LEEDS, YORK = "Leeds, United Kingdom", "York, United Kingdom"


async def submit(ports: Ports, source: str, *, cut: int = 0, **given: Any) -> str:
    """A posting of the same vacancy as another source tells it, without its first `cut` words."""
    words = text(1).split()[cut:]
    stated: dict[str, Any] = {
        "title": "Welder",
        "company": "Orb",
        "description": f"<p>{' '.join(words)}</p>",
        "locations": (LEEDS,),
        "url": f"https://{source}.example/1",
    }
    what = Given.model_validate(stated | given)
    posting = await postings.submit(ports, owner_id=source, given=what, source=source)
    return posting.id


async def stored(ports: Ports, id: str) -> Posting:
    return Posting.model_validate((await ports.documents.get(POSTINGS, id)).body)


async def work(ports: Ports, shards: int = 1) -> None:
    """Several processors at once, until nothing is left to do."""
    roles = [ActorRole("processor", shard, shards) for shard in range(shards)]
    processors = [Processor(ports, role=role) for role in roles]
    for processor in processors:
        await processor.recover()
    while any(await asyncio.gather(*(processor.step(0.05) for processor in processors))):
        pass


@pytest.mark.parametrize("shards", [1, 2])
async def test_near_copies_processed_at_once_are_one_vacancy_and_fire_once(
    ports: Ports, shard_of: MakeShard, shards: int
) -> None:
    shard = shard_of()
    await shard.recover()
    await save(ports, "title:welder")
    titles = ("Welder", "Welder (m/f/d)", "WELDER - Leeds", "Welder | Orb")
    ids = await asyncio.gather(
        *(
            submit(ports, f"source{number}", cut=number * 2, title=titles[number % 4])
            for number in range(16)
        )
    )
    await work(ports, shards)
    await settle(shard)
    found = [await stored(ports, id) for id in ids]
    assert len({posting.cluster_id for posting in found}) == 1
    [first] = [posting for posting in found if posting.canonical_id is None]
    assert {posting.canonical_id for posting in found} == {None, first.id}
    assert first.merged is not None
    assert set(first.merged.members) == set(ids)
    assert len(first.all_sources) == 16
    assert len(await matches(ports)) == 1


async def test_an_alert_that_only_the_united_places_meet_fires_then(
    ports: Ports, shard_of: MakeShard
) -> None:
    shard = shard_of()
    await shard.recover()
    everywhere = await save(ports, "title:welder")
    in_york = await save(ports, 'place:"York, GB"')
    first = await submit(ports, "own")
    await work(ports)
    await settle(shard)
    assert [match.body["alert_id"] for match in await matches(ports)] == [everywhere.id]
    await submit(ports, "other", locations=(LEEDS, YORK))
    await work(ports)
    await settle(shard)
    told = {match.body["alert_id"]: match.body["posting_id"] for match in await matches(ports)}
    assert told == {everywhere.id: first, in_york.id: first}


@pytest.mark.parametrize("which", [0, 1])
async def test_who_was_told_of_one_hears_of_the_other_when_they_are_split(
    ports: Ports, shard_of: MakeShard, which: int
) -> None:
    shard = shard_of()
    await shard.recover()
    await save(ports, "title:welder")
    pair = []
    for source in ("own", "other"):
        pair.append(await submit(ports, source))
        await work(ports)
    await settle(shard)
    assert [match.body["posting_id"] for match in await matches(ports)] == pair[:1]
    await regrouping.split(ports, pair[which], admin(ports))
    await work(ports)
    await settle(shard)
    assert sorted(match.body["posting_id"] for match in await matches(ports)) == sorted(pair)
    assert len({(await stored(ports, id)).cluster_id for id in pair}) == 2
    await regrouping.split(ports, pair[which], admin(ports))
    await work(ports)
    await settle(shard)
    assert len(await matches(ports)) == 2


@pytest.mark.parametrize("which", [0, 1])
async def test_who_was_told_of_a_posting_hears_nothing_when_it_is_merged(
    ports: Ports, shard_of: MakeShard, which: int
) -> None:
    shard = shard_of()
    await shard.recover()
    cooks, all_of_it = await save(ports, "title:cook"), await save(ports, "company:orb")
    pair = []
    for source, title in (("own", "Welder"), ("other", "Cook")):
        pair.append(await submit(ports, source, title=title))
        await work(ports)
    await settle(shard)
    told = sorted([(cooks.id, pair[1]), (all_of_it.id, pair[0]), (all_of_it.id, pair[1])])
    assert await _told(ports) == told
    await regrouping.merge(ports, pair[which], pair[1 - which], admin(ports))
    await work(ports)
    await settle(shard)
    assert len({(await stored(ports, id)).cluster_id for id in pair}) == 1
    assert await _told(ports) == told
    await regrouping.split(ports, pair[which], admin(ports))
    await work(ports)
    await settle(shard)
    assert await _told(ports) == told


async def _told(ports: Ports) -> list[tuple[str, str]]:
    return sorted((m.body["alert_id"], m.body["posting_id"]) for m in await matches(ports))


async def test_a_copy_with_another_text_is_not_told_beside_the_one_that_stands_for_it(
    ports: Ports, shard_of: MakeShard
) -> None:
    shard = shard_of()
    await shard.recover()
    await save(ports, "bargain")
    await submit(ports, "own")
    await work(ports)
    await submit(ports, "other", description=f"<p>Bargain! {text(1)}</p>")
    await work(ports)
    await settle(shard)
    assert await matches(ports) == []


async def test_a_vacancy_is_one_hit_and_stays_one_when_its_first_posting_closes(
    ports: Ports,
) -> None:
    index = MemorySearchIndex()
    shard = IndexShard(
        ports.documents, ports.stream, index, role=ActorRole("index"), clock=ports.clock
    )
    await shard.recover()

    async def hits() -> list[str]:
        await asyncio.wait_for(_drained(), 20)
        found = await index.search(SearchRequest(None, ports.clock()))
        return [hit.posting_id for hit in found.hits]

    async def _drained() -> None:
        await work(ports)
        following = asyncio.create_task(shard.run())
        while any(lag.events for lag in await ports.stream.lags() if lag.topic == JOB_EVENTS):
            await work(ports)
            await asyncio.sleep(0.02)
        following.cancel()
        await asyncio.wait([following])

    first = await submit(ports, "own")
    assert await hits() == [first]
    second = await submit(ports, "other")
    assert await hits() == [first]
    await board.close(ports, first, admin(ports))
    assert await hits() == [second]
    refilled = MemorySearchIndex()
    fresh = IndexShard(
        ports.documents, ports.stream, refilled, role=ActorRole("index", 0, 1), clock=ports.clock
    )
    third = await submit(ports, "third")
    await work(ports)
    await fresh.recover()
    found = await refilled.search(SearchRequest(None, ports.clock()))
    assert [hit.posting_id for hit in found.hits] == [second], third


async def test_an_event_that_cannot_be_read_holds_nobody_up(ports: Ports) -> None:
    for data in ({}, {"posting": 7}, {"posting": {"cluster_id": [1]}}, {"posting": None}):
        odd = Event(type="posting.published.v1", subject="x", key="x", data=data)
        await ports.stream.publish(JOB_EVENTS, [odd])
    id = await submit(ports, "own")
    await work(ports)
    assert (await stored(ports, id)).published_at is not None
