"""The reprocessor: newer parsers reach what is stored, and nobody is told twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from actors.matcher import MatcherShard
from actors.processor import Processor
from actors.reprocessor import Reprocessor
from backends.documents.collections import POSTINGS
from models.errors import Unavailable
from models.posting import Given, Mode, Posting, Status
from models.topology import ActorRole
from processing.derive import Derivation, derive
from processing.versions import PARSERS
from services.intake import board, postings, reprocessing
from services.operations import operating
from services.ports import Ports
from tests.unit.actors.matchers import MakeShard, matches, publish, save, settle, shard_of
from tests.unit.services.conftest import SimulatedClock
from tests.unit.services.outcomes import ADMIN

__all__ = ["shard_of"]

NEWER = {**PARSERS, "mode": PARSERS["mode"] + 1}
TEXTS = (
    "<p>We pay $120k - $150k a year. Remote within the UK. Python and Go.</p>",
    "<p>Salaire 45.000 € brutto/Jahr, 2 days a week in Leeds, no visa sponsorship.</p>",
    "<p>A small team that bakes bread for its people, part-time, from £12.50 an hour.</p>",
)


def newer(given: Given, **options: Any) -> Derivation:
    """Today's parsers, one of which has learnt that bakers work from home."""
    found = derive(given, **options)
    facts = {"mode": Mode.REMOTE, "parsers": NEWER}
    return Derivation(found.derived.model_copy(update=facts), found.verdict, found.reasons)


def reprocessor(ports: Ports, derive: Any = newer, **options: Any) -> Reprocessor:
    return Reprocessor(ports, derive=derive, **options)


async def work(reprocessor: Reprocessor, ports: Ports) -> None:
    """Until nothing is due."""
    while await reprocessing.due(ports) is not None:
        await reprocessor.step()


async def stored(ports: Ports, id: str) -> Posting:
    return Posting.model_validate((await ports.documents.get(POSTINGS, id)).body)


async def told(ports: Ports) -> list[tuple[str, str]]:
    """The alert and the posting of each match."""
    return sorted(
        (match.body["alert_id"], match.body["posting_id"]) for match in await matches(ports)
    )


async def ready(shard: MatcherShard) -> MatcherShard:
    await shard.recover()
    return shard


async def test_alerts_that_fired_fire_no_more_and_those_that_match_now_do_once(
    ports: Ports, shard_of: MakeShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await save(ports, "title:baker")
    remote = await save(ports, "title:baker mode:remote!")
    shard = await ready(shard_of())
    baker = await publish(ports, "Baker", mode=Mode.ONSITE)
    closed = await publish(ports, "Baker of cakes", mode=Mode.ONSITE)
    await board.close(ports, closed, ADMIN)
    await settle(shard)
    fired = [(before.id, baker), (before.id, closed)]
    assert await told(ports) == sorted(fired)
    await work(reprocessor(ports, derive), ports)
    monkeypatch.setattr(reprocessing, "PARSERS", NEWER)
    await work(reprocessor(ports), ports)
    await settle(shard)
    assert await told(ports) == sorted([*fired, (remote.id, baker)])
    assert (await stored(ports, closed)).status is Status.CLOSED
    await reprocessing.ask(ports, parser=None, everything=True)
    await work(reprocessor(ports), ports)
    await settle(shard)
    assert len(await matches(ports)) == 3


async def test_todays_parsers_find_what_they_found(ports: Ports, clock: SimulatedClock) -> None:
    for number, text in enumerate(TEXTS):
        await postings.submit(
            ports,
            owner_id="o1",
            given=Given(title=f"Senior Engineer {number}", company="Orb", description=text),
            source="api",
        )
    processor = Processor(ports, role=ActorRole("processor"))
    await processor.recover()
    await settle(processor)
    before = (await ports.documents.find(POSTINGS)).items
    clock.advance(timedelta(days=40).total_seconds())
    await reprocessing.ask(ports, parser=None, everything=True)
    reprocessor_ = reprocessor(ports, derive)
    await work(reprocessor_, ports)
    assert (await ports.documents.find(POSTINGS)).items == before
    assert reprocessor_.status()[0]["postings_reprocessed"] == len(TEXTS)


async def test_it_goes_slowly_while_fresh_postings_wait(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        await publish(ports, f"Baker {number}")
    monkeypatch.setattr(reprocessing, "PARSERS", NEWER)
    worker = reprocessor(ports, idle_per_s=100.0, busy_per_s=2.0, page=4)
    given = Given(title="Miller", company="Orb")
    await postings.submit(ports, owner_id="o1", given=given, source="api")
    assert await operating.unprocessed(ports.documents) == 1
    assert await worker.step() == pytest.approx(4 / 2.0)
    assert worker.status()[1] == {"reprocessing_left": 4.0}
    processor = Processor(ports, role=ActorRole("processor"))
    await processor.recover()
    await settle(processor)
    assert await worker.step() == pytest.approx(4 / 100.0)
    assert worker.status()[0]["postings_reprocessed"] == 8.0


async def test_it_waits_out_a_store_that_is_away_and_ends_when_it_is_told(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    baker = await publish(ports, "Baker")
    monkeypatch.setattr(reprocessing, "PARSERS", NEWER)
    faults: list[Exception] = [Unavailable(), KeyError("of ours")]
    due = reprocessing.due

    async def failing_at_first(ports: Ports) -> Any:
        if faults:
            raise faults.pop(0)
        return await due(ports)

    monkeypatch.setattr(reprocessing, "due", failing_at_first)
    worker = reprocessor(ports, look_s=0.001)
    await worker.recover()
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        while (await stored(ports, baker)).version == 1:
            await asyncio.sleep(0.005)
    await worker.stop()
    async with asyncio.timeout(10):
        await running
    found = (await stored(ports, baker)).derived
    assert found is not None
    assert found.mode is Mode.REMOTE
