"""The processor: published with facts, or an end with its reason; nothing in between for ever."""

from typing import Any

import pytest

from actors.processor import Processor
from backends.documents.collections import DEAD_LETTERS, POSTINGS
from backends.stream.consumer import RetryPolicy
from models.errors import Unavailable
from models.events import JOB_EVENTS
from models.posting import Given, Posting, Status
from models.topology import ActorRole
from processing.derive import Derivation, derive
from services.intake import postings
from services.ports import Ports

AT_ONCE = RetryPolicy(first_s=0.0, max_s=0.0, max_attempts=3)


async def submit(ports: Ports, title: str = "Baker", **given: Any) -> str:
    posting = await postings.submit(
        ports,
        owner_id="o1",
        given=Given(title=title, company="Orb", **given),
        source="api",
    )
    return posting.id


async def stored(ports: Ports, id: str) -> Posting:
    return Posting.model_validate((await ports.documents.get(POSTINGS, id)).body)


def fragile(given: Given, **options: Any) -> Derivation:
    if given.title == "Poison":
        raise ZeroDivisionError("it cannot be divided")
    return derive(given, **options)


async def lag(ports: Ports) -> int:
    [of_jobs] = [each for each in await ports.stream.lags() if each.topic == JOB_EVENTS]
    return of_jobs.events


async def process(ports: Ports, **options: Any) -> Processor:
    """Work until every event is settled; one that fails may take several rounds."""
    processor = Processor(ports, role=ActorRole("processor"), **options)
    await processor.recover()
    for _ in range(50):
        if await processor.step(0.02) == 0 and await lag(ports) == 0:
            break
    return processor


async def test_a_posting_is_published_with_its_facts(ports: Ports) -> None:
    id = await submit(ports, "Senior Baker", locations=("Leeds, United Kingdom",))
    processor = await process(ports)
    posting = await stored(ports, id)
    assert posting.status is Status.PUBLISHED
    assert posting.derived is not None
    assert [place.name for place in posting.derived.places] == ["Leeds"]
    assert [step.status for step in posting.history] == ["submitted", "processing", "published"]
    assert posting.cluster_id
    assert processor.status()[0]["postings_processed"] == 1.0


async def test_only_the_newest_version_is_processed(ports: Ports) -> None:
    first = await submit(ports, "Baker", external_id="x")
    second = await submit(ports, "Miller", external_id="x")
    assert first == second
    await process(ports)
    posting = await stored(ports, first)
    assert (posting.version, posting.given.title, posting.status) == (2, "Miller", "published")


async def test_a_poison_posting_fails_after_its_tries_and_its_neighbours_pass(
    ports: Ports,
) -> None:
    poison = await submit(ports, "Poison")
    good = [await submit(ports, f"Baker {number}") for number in range(5)]
    await process(ports, derive=fragile, retry=AT_ONCE)
    failed = await stored(ports, poison)
    assert failed.status is Status.FAILED
    assert failed.attempts == AT_ONCE.max_attempts
    assert [step.status for step in failed.history] == [
        "submitted",
        *["processing", "processing"] * AT_ONCE.max_attempts,
        "processing",
        "failed",
    ]
    assert failed.reasons
    assert "ZeroDivisionError" in (failed.history[-1].detail or "")
    passed = [await stored(ports, id) for id in good]
    assert {(posting.status, posting.attempts) for posting in passed} == {(Status.PUBLISHED, 1)}
    assert await lag(ports) == 0
    [letter] = (await ports.documents.find(DEAD_LETTERS)).items
    assert "it cannot be divided" in letter.body["reason"]


async def test_a_posting_that_failed_once_is_tried_again(ports: Ports) -> None:
    id = await submit(ports)
    tries = 0

    def once(given: Given, **options: Any) -> Derivation:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("a bad moment")
        return derive(given, **options)

    await process(ports, derive=once, retry=AT_ONCE)
    published = await stored(ports, id)
    assert (published.status, published.attempts, tries) == (Status.PUBLISHED, 2, 2)


async def test_a_poison_posting_that_comes_alone_is_tried_as_often(ports: Ports) -> None:
    poison = await submit(ports, "Poison")
    await process(ports, derive=fragile, retry=AT_ONCE)
    failed = await stored(ports, poison)
    assert (failed.status, failed.attempts) == (Status.FAILED, AT_ONCE.max_attempts)


async def test_a_posting_that_cannot_be_read_is_buried_and_its_neighbours_pass(
    ports: Ports,
) -> None:
    unreadable = await submit(ports)
    body = (await ports.documents.get(POSTINGS, unreadable)).body
    broken = body | {"given": {"title": 1}}
    await ports.documents.replace(POSTINGS, unreadable, broken, expected_version=1)
    good = [await submit(ports, f"Baker {number}") for number in range(5)]
    await process(ports, retry=AT_ONCE)
    assert {(await stored(ports, id)).status for id in good} == {Status.PUBLISHED}
    assert (await ports.documents.get(POSTINGS, unreadable)).body == broken
    [letter] = (await ports.documents.find(DEAD_LETTERS)).items
    assert letter.body["event"]["subject"] == unreadable
    assert "ValidationError" in letter.body["reason"]
    assert await lag(ports) == 0


async def test_a_store_that_is_away_at_the_burial_is_waited_for(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = await submit(ports, "Poison")
    fail, refused = postings.fail, 0

    async def away_once(*arguments: Any, final: bool, **options: Any) -> Posting | None:
        nonlocal refused
        if final and not refused:
            refused += 1
            raise Unavailable()
        return await fail(*arguments, final=final, **options)

    monkeypatch.setattr(postings, "fail", away_once)
    await process(ports, derive=fragile, retry=AT_ONCE)
    assert ((await stored(ports, poison)).status, refused) == (Status.FAILED, 1)
    assert await ports.documents.count(DEAD_LETTERS) == 1
