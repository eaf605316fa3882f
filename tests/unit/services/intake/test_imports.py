"""Imports: what is taken, what is rejected, what is told of it, and what a second import does."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from backends.documents.collections import IMPORTS, POSTINGS
from models.errors import Conflict, FieldError, InvalidInput, NotFound, Unavailable
from models.events import JOB_EVENTS, POSTING_SUBMITTED, Event
from models.feed import REJECTIONS_KEPT, Import, ImportStatus
from models.posting import Given
from services.idempotency import KEPT, LEASE
from services.intake import imports
from services.intake.import_keys import Hashed, earlier
from services.ports import Ports
from sources.base import Parsed, broken, rejected

Events = Callable[[str], Awaitable[list[Event]]]
OWNER = "employer-1"


def document(text: bytes = b"one") -> Hashed:
    """A body that comes in pieces of one byte."""

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(len(text)):
            yield text[at : at + 1]

    return Hashed(pieces())


async def stream(items: Sequence[Parsed]) -> AsyncIterator[Parsed]:
    for item in items:
        yield item


def good(line: int, **changed: Any) -> Parsed:
    fields = {"title": f"Job {line}", "company": "Acme", "external_id": f"e{line}", **changed}
    return Parsed(line, Given(**fields))


async def run(
    ports: Ports, items: Sequence[Parsed], id: str = "import-1", **changed: Any
) -> Import:
    body = document()
    await body.drain()
    given = {"owner_id": OWNER, "source": "import", "id": id, "body": body, **changed}
    return await imports.run(ports, **{"parsed_stream": stream(items), **given})


async def test_records_are_submitted_and_bad_ones_named(ports: Ports, events: Events) -> None:
    fault = rejected(2, "/title", "a value", "nothing")
    found = await run(ports, [good(1), fault, good(3)])
    assert (found.status, found.accepted, found.unchanged) == (ImportStatus.FINISHED, 2, 0)
    assert [(r.line, r.errors) for r in found.rejected] == [(2, fault.errors)]
    assert [e.type for e in await events(JOB_EVENTS)] == [POSTING_SUBMITTED] * 2
    assert await imports.read(ports, owner_id=OWNER, id="import-1") == found
    page = await ports.documents.find(POSTINGS)
    assert {d.body["owner_id"] for d in page.items} == {OWNER}
    assert {d.body["sources"][0]["name"] for d in page.items} == {"import"}


@pytest.mark.parametrize("external_id", ["e1", None], ids=["own id", "derived id"])
async def test_a_second_import_changes_nothing(
    ports: Ports, events: Events, clock: Any, external_id: str | None
) -> None:
    items = [good(1, external_id=external_id, locations=["Leeds"]), good(2, external_id=None)]
    await run(ports, items)
    before = {d.id: d.version for d in (await ports.documents.find(POSTINGS)).items}
    clock.advance(60)
    again = await run(ports, items, id="import-2")
    assert (again.accepted, again.unchanged) == (2, 2)
    assert {d.id: d.version for d in (await ports.documents.find(POSTINGS)).items} == before
    assert len(await events(JOB_EVENTS)) == 2


async def test_what_says_something_new_is_a_new_version(
    ports: Ports, events: Events, clock: Any
) -> None:
    await run(ports, [good(1), good(2)])
    clock.advance(60)
    again = await run(ports, [good(1), good(2, description="<p>More</p>")], id="import-2")
    assert (again.accepted, again.unchanged) == (2, 1)
    versions = [d.body["version"] for d in (await ports.documents.find(POSTINGS)).items]
    assert sorted(versions) == [1, 2]


async def test_of_two_records_of_one_id_the_later_one_stands(ports: Ports) -> None:
    await run(ports, [good(1), good(2, external_id="e1")])
    (document,) = (await ports.documents.find(POSTINGS)).items
    assert (document.body["given"]["title"], document.body["version"]) == ("Job 2", 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Other"},
        {"company": "B"},
        {"locations": ["York"]},
        {"url": "http://b.example"},
        {"description": "<p>Nights</p>"},
        {"salary": {"min": 1, "currency": "GBP"}},
        {"title": "ALeeds", "locations": []},
    ],
)
def test_derived_ids_tell_postings_apart(changed: dict[str, Any]) -> None:
    base: dict[str, Any] = {"title": "A", "company": "Acme", "locations": ["Leeds"]}
    one, other = Given(**base), Given(**{**base, **changed})
    assert imports.identified(one).external_id != imports.identified(other).external_id
    assert imports.identified(one) == imports.identified(Given(**base))


async def test_two_vacancies_of_one_title_stay_two(
    ports: Ports, events: Events, clock: Any
) -> None:
    days, nights = (
        good(line, title="Nurse", external_id=None, description=f"<p>{shift}</p>")
        for line, shift in ((1, "Days"), (2, "Nights"))
    )
    found = await run(ports, [days, nights, days])
    assert (found.accepted, await ports.documents.count(POSTINGS)) == (3, 2)
    clock.advance(60)
    again = await run(ports, [nights, days], id="import-2")
    assert (again.accepted, again.unchanged) == (2, 2)
    versions = [d.body["version"] for d in (await ports.documents.find(POSTINGS)).items]
    assert (versions, len(await events(JOB_EVENTS))) == ([1, 1], 2)


async def test_a_document_that_breaks_off(ports: Ports) -> None:
    found = await run(ports, [good(1), broken(2, "well-formed XML", "no element found")])
    assert (found.status, found.accepted, found.rejected_count) == (ImportStatus.BROKEN, 1, 1)
    assert found.rejected[0].line == 2


async def test_the_list_of_rejections_is_bounded_and_their_count_is_not(ports: Ports) -> None:
    many = [rejected(n, "/title", "a value", "nothing") for n in range(REJECTIONS_KEPT + 5)]
    found = await run(ports, many)
    assert (len(found.rejected), found.rejected_count) == (REJECTIONS_KEPT, REJECTIONS_KEPT + 5)
    assert found.rejected[-1].line == REJECTIONS_KEPT - 1


async def test_progress_can_be_read_meanwhile(ports: Ports, clock: Any) -> None:
    seen: list[Import] = []

    async def items() -> AsyncIterator[Parsed]:
        for line in range(imports.BATCH * 2):
            clock.advance(5 if line == 1 else 0)
            yield good(line)
        seen.append(await imports.read(ports, owner_id=OWNER, id="import-1"))

    last = await imports.run(
        ports,
        owner_id=OWNER,
        source="import",
        parsed_stream=items(),
        id="import-1",
        body=document(),
    )
    assert [(i.status, i.accepted) for i in seen] == [(ImportStatus.RUNNING, imports.BATCH)]
    assert (last.status, last.accepted) == (ImportStatus.FINISHED, imports.BATCH * 2)


async def test_a_sender_that_goes_away_leaves_what_came(ports: Ports) -> None:
    async def items() -> AsyncIterator[Parsed]:
        for line in range(imports.BATCH + 1):
            yield good(line)
        raise Unavailable("the store went away")

    with pytest.raises(Unavailable):
        await run(ports, [], parsed_stream=items())
    found = await imports.read(ports, owner_id=OWNER, id="import-1")
    assert (found.status, found.accepted) == (ImportStatus.INTERRUPTED, imports.BATCH)
    whole = await run(ports, [good(line) for line in range(imports.BATCH + 1)])
    assert (whole.status, whole.accepted) == (ImportStatus.FINISHED, imports.BATCH + 1)
    assert await ports.documents.count(POSTINGS) == imports.BATCH + 1


async def test_an_import_begun_anew_stops_the_first_run(ports: Ports, clock: Any) -> None:
    async def items() -> AsyncIterator[Parsed]:
        yield good(1)
        with pytest.raises(Conflict):
            await earlier(ports, owner_id=OWNER, id="import-1", body=document())
        with pytest.raises(Conflict):
            await run(ports, [good(2)])
        clock.advance(LEASE.total_seconds())
        await run(ports, [good(2)])
        clock.advance(5)

    with pytest.raises(Conflict):
        await run(ports, [], parsed_stream=items())
    assert (await imports.read(ports, owner_id=OWNER, id="import-1")).accepted == 1


async def test_a_document_is_known_again_until_its_outcome_is_forgotten(
    ports: Ports, clock: Any
) -> None:
    async def known(text: bytes, owner_id: str = OWNER) -> Import | None:
        return await earlier(ports, owner_id=owner_id, id="import-1", body=document(text))

    assert await known(b"one") is None
    first = await run(ports, [good(1), broken(2, "a JSON object", "nothing")])
    assert await known(b"one") == first
    for other in (b"", b"on", b"one more"):
        with pytest.raises(InvalidInput):
            await known(other)
    assert await known(b"two", "employer-2") is None
    clock.advance(KEPT.total_seconds())
    assert await known(b"two") is None
    assert (await run(ports, [good(1), good(2)])).accepted == 2


async def test_an_interrupted_import_is_run_again(ports: Ports) -> None:
    async def items() -> AsyncIterator[Parsed]:
        yield good(1)
        raise Unavailable("the store went away")

    with pytest.raises(Unavailable):
        await run(ports, [], parsed_stream=items())
    assert await earlier(ports, owner_id=OWNER, id="import-1", body=document()) is None
    whole = await run(ports, [good(1)])
    assert await earlier(ports, owner_id=OWNER, id="import-1", body=document()) == whole


async def test_a_document_broken_before_its_first_record_leaves_nothing(ports: Ports) -> None:
    with pytest.raises(InvalidInput) as refused:
        await run(ports, [broken(1, "a JSON array", "the end of the file")])
    assert [(e.pointer, e.line) for e in refused.value.errors] == [("", 1)]
    assert await ports.documents.count(IMPORTS) == 0
    assert (await run(ports, [])).status is ImportStatus.FINISHED


async def test_nobody_else_sees_or_takes_over_an_import(ports: Ports) -> None:
    await run(ports, [good(1)])
    with pytest.raises(NotFound):
        await imports.read(ports, owner_id="employer-2", id="import-1")
    with pytest.raises(NotFound):
        await imports.read(ports, owner_id=OWNER, id="no-such")
    with pytest.raises(Conflict):
        await run(ports, [good(2)], owner_id="employer-2")
    assert (await ports.documents.get(IMPORTS, "import-1")).body["owner_id"] == OWNER


def test_a_rejection_names_its_fault() -> None:
    tally = imports.Tally()
    tally.reject(rejected(7, "/title", "a value", "nothing"))
    assert tally.rejected[0].errors == (
        FieldError(pointer="/title", expected="a value", got="nothing"),
    )
