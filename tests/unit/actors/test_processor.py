"""The processor: published with facts, or an end with its reason; nothing in between for ever."""

from typing import Any

from actors.processor import Processor
from backends.documents.collections import DEAD_LETTERS, POSTINGS
from backends.stream.consumer import RetryPolicy
from models.posting import Given, Posting, Status
from processing.derive import Derivation, derive
from services import postings
from services.ports import Ports
from tests.unit.actors.test_matcher import settle

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


async def process(ports: Ports, **options: Any) -> Processor:
    processor = Processor(ports, shard=0, shards=1, **options)
    await processor.recover()
    await settle(processor)
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

    def fragile(given: Given, **options: Any) -> Derivation:
        if given.title == "Poison":
            raise ZeroDivisionError("it cannot be divided")
        return derive(given, **options)

    await process(ports, derive=fragile, retry=AT_ONCE)
    failed = await stored(ports, poison)
    assert failed.status is Status.FAILED
    assert failed.attempts >= 1
    assert failed.reasons
    assert "ZeroDivisionError" in (failed.history[-1].detail or "")
    assert {(await stored(ports, id)).status for id in good} == {Status.PUBLISHED}
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

    processor = await process(ports, derive=once, retry=AT_ONCE)
    await settle(processor)
    assert (await stored(ports, id)).status is Status.PUBLISHED
    assert tries == 2
