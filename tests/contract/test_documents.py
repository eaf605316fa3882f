"""What every Documents adapter does: versions, unique indexes, fences, events in the same write."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.documents.base import Document, Documents, Insert
from backends.documents.collections import Collection
from backends.stream.base import Stream
from models.errors import DuplicateKey, Fenced, InvalidInput, NotFound, VersionConflict
from models.events import Event

TOPIC = "job-events"
WRITERS = 20


NAMES = st.sampled_from(
    ("$x", "a.b", "a$", "", "%", "%25", "\u0000", "dead", "_id", "ä")
) | st.text(max_size=3)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
EXAMPLES = itertools.count()


def event(name: str, key: str = "k") -> Event:
    return Event(id=name, type="test.v1", subject="s", key=key)


async def ids_of(stream: Stream, topic: str = TOPIC) -> list[str]:
    return [delivery.event.id async for delivery in stream.read(topic)]


async def test_a_document_comes_back_as_it_was_stored(
    documents: Documents, things: Collection
) -> None:
    body = {"text": "ä\u0000\n'\"", "n": 1.5, "deep": {"list": [1, None, True, {}]}, "none": None}
    stored = await documents.insert(things, "a", body)
    assert stored == Document("a", 1, body)
    assert await documents.get(things, "a") == stored


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=st.dictionaries(NAMES, JSON, max_size=3), other=st.dictionaries(NAMES, JSON))
async def test_any_json_comes_back_as_it_was_stored(
    documents: Documents, things: Collection, body: dict[str, Any], other: dict[str, Any]
) -> None:
    id_ = f"{next(EXAMPLES)}"
    assert (await documents.insert(things, id_, body)).body == body
    assert (await documents.get(things, id_)).body == body
    await documents.replace(things, id_, other, expected_version=1)
    assert (await documents.find(things, limit=1000)).items == (Document(id_, 2, other),)
    await documents.delete(things, id_)


async def test_bodies_are_never_shared(documents: Documents, things: Collection) -> None:
    body = {"list": [1]}
    stored = await documents.insert(things, "a", body)
    body["list"].append(2)
    stored.body["list"].append(3)
    assert (await documents.get(things, "a")).body == {"list": [1]}


async def test_get_raises_where_nothing_is(documents: Documents, things: Collection) -> None:
    with pytest.raises(NotFound):
        await documents.get(things, "nobody")


async def test_get_many_gives_what_exists(documents: Documents, things: Collection) -> None:
    for number in range(3):
        await documents.insert(things, str(number), {"n": number})
    wanted = [str(number) for number in range(1200)] + ["0"]
    found = await documents.get_many(things, wanted)
    assert {id_: document.body for id_, document in found.items()} == {
        str(number): {"n": number} for number in range(3)
    }
    assert await documents.get_many(things, []) == {}


async def test_what_json_cannot_hold_is_refused(documents: Documents, things: Collection) -> None:
    with pytest.raises(InvalidInput):
        await documents.insert(things, "a", {"bad": object()})


async def test_a_second_insert_of_an_id_is_refused(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    await documents.insert(things, "a", {"n": 1}, events=[(TOPIC, event("first"))])
    with pytest.raises(DuplicateKey) as refused:
        await documents.insert(things, "a", {"n": 2}, events=[(TOPIC, event("second"))])
    assert refused.value.index == "id"
    assert (await documents.get(things, "a")).body == {"n": 1}
    assert await ids_of(stream) == ["first"]


async def test_a_unique_index_names_itself_and_ignores_nulls(
    documents: Documents, things: Collection
) -> None:
    await documents.insert(things, "a", {"owner": "o", "mail": "m"})
    with pytest.raises(DuplicateKey) as refused:
        await documents.insert(things, "b", {"owner": "o", "mail": "m"})
    assert refused.value.index == "thing_mail"
    for number, body in enumerate([{"owner": "o"}, {"owner": "o"}, {"owner": "o", "mail": None}]):
        await documents.insert(things, f"free{number}", body)
    with pytest.raises(DuplicateKey):
        await documents.replace(things, "free0", {"owner": "o", "mail": "m"}, expected_version=1)
    assert (await documents.get(things, "free0")).version == 1


async def test_a_unique_index_tells_kinds_apart_and_numbers_not(
    documents: Documents, things: Collection
) -> None:
    different: list[Any] = [1, "1", True, False, 0, "", "true", 2**53 + 1, 1.5, "[1]"]
    for number, value in enumerate(different):
        await documents.insert(things, f"{number}", {"owner": "o", "mail": value})
    for same in (1.0, -0.0, 1.5, True):
        with pytest.raises(DuplicateKey) as refused:
            await documents.insert(things, "again", {"owner": "o", "mail": same})
        assert refused.value.index == "thing_mail"
    for free in ([1], {"a": 1}):
        for number in range(2):
            await documents.insert(things, f"{free}{number}", {"owner": "o", "mail": free})


async def test_a_replaced_and_a_deleted_document_give_their_key_back(
    documents: Documents, things: Collection
) -> None:
    body = {"owner": "o", "mail": "m"}
    await documents.insert(things, "a", body)
    await documents.replace(things, "a", {"owner": "o"}, expected_version=1)
    await documents.insert(things, "b", body)
    await documents.delete(things, "b")
    await documents.replace(things, "a", body, expected_version=2)
    assert await documents.insert_absent(things, [Insert("c", body), Insert("d", {})]) == ["d"]


async def test_replace_checks_the_version(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    await documents.insert(things, "a", {"n": 1})
    replaced = await documents.replace(
        things, "a", {"n": 2}, expected_version=1, events=[(TOPIC, event("two"))]
    )
    assert replaced == Document("a", 2, {"n": 2})
    with pytest.raises(VersionConflict):
        await documents.replace(
            things, "a", {"n": 3}, expected_version=1, events=[(TOPIC, event("three"))]
        )
    with pytest.raises(NotFound):
        await documents.replace(things, "b", {}, expected_version=1)
    assert await documents.get(things, "a") == replaced
    assert await ids_of(stream) == ["two"]


async def test_delete_checks_the_version(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    await documents.insert(things, "a", {})
    with pytest.raises(VersionConflict):
        await documents.delete(things, "a", expected_version=2)
    await documents.delete(things, "a", expected_version=1, events=[(TOPIC, event("gone"))])
    with pytest.raises(NotFound):
        await documents.delete(things, "a", events=[(TOPIC, event("again"))])
    await documents.insert(things, "b", {})
    await documents.delete(things, "b")
    assert await documents.count(things) == 0
    assert await ids_of(stream) == ["gone"]


async def test_one_of_twenty_writers_wins_each_version(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    await documents.insert(things, "a", {"wins": []})

    async def write(writer: int, seen: Document) -> bool:
        body = {"wins": [*seen.body["wins"], writer]}
        announced = [(TOPIC, event(f"{seen.version}"))]
        try:
            await documents.replace(
                things, "a", body, expected_version=seen.version, events=announced
            )
        except VersionConflict:
            return False
        return True

    for version in range(1, 6):
        seen = await documents.get(things, "a")
        assert seen.version == version
        won = await asyncio.gather(*(write(writer, seen) for writer in range(WRITERS)))
        assert sum(won) == 1
        assert (await documents.get(things, "a")).body["wins"][-1] == won.index(True)
    assert await ids_of(stream) == ["1", "2", "3", "4", "5"]


async def test_insert_absent_tells_what_was_new(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    await documents.insert(things, "b", {"owner": "o", "mail": "m"})

    def new(id_: str, **body: str) -> Insert:
        return Insert(id_, body, [(TOPIC, event(id_))])

    inserts = [new("c"), new("b"), new("a"), new("d", owner="o", mail="m"), new("a")]
    assert await documents.insert_absent(things, inserts) == ["c", "a"]
    assert await documents.insert_absent(things, inserts) == []
    assert await documents.insert_absent(things, []) == []
    assert await ids_of(stream) == ["c", "a"]


async def test_insert_absent_races_store_one(documents: Documents, things: Collection) -> None:
    def inserts(writer: int) -> list[Insert]:
        return [Insert(f"x{number}", {"by": writer}) for number in range(10)]

    taken = await asyncio.gather(
        *(documents.insert_absent(things, inserts(writer)) for writer in range(WRITERS))
    )
    assert sorted(id_ for ids in taken for id_ in ids) == [f"x{number}" for number in range(10)]


async def test_an_event_that_is_known_does_not_stop_the_write(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    await documents.insert(things, "a", {}, events=[(TOPIC, event("e")), ("other", event("e"))])
    await documents.insert(things, "b", {}, events=[(TOPIC, event("e")), (TOPIC, event("f"))])
    assert await documents.count(things) == 2
    assert await ids_of(stream) == ["e", "f"]
    assert await ids_of(stream, "other") == ["e"]


async def test_a_newer_epoch_fences_every_verb(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    old = await documents.take_epoch("shard")
    await documents.insert(things, "a", {"n": 1}, fence=old)
    new = await documents.take_epoch("shard")
    assert new.epoch == old.epoch + 1
    announced = [(TOPIC, event("zombie"))]
    verbs: list[Callable[[], object]] = [
        lambda: documents.insert(things, "b", {}, fence=old, events=announced),
        lambda: documents.replace(things, "a", {}, expected_version=1, fence=old, events=announced),
        lambda: documents.delete(things, "a", fence=old, events=announced),
        lambda: documents.insert_absent(things, [Insert("c", {}, announced)], fence=old),
    ]
    for verb in verbs:
        with pytest.raises(Fenced):
            await verb()
    assert (await documents.find(things)).items == (Document("a", 1, {"n": 1}),)
    assert await ids_of(stream) == []
    await documents.delete(things, "a", fence=new)


async def test_epochs_of_other_names_do_not_fence(documents: Documents, things: Collection) -> None:
    mine = await documents.take_epoch("shard-1")
    await documents.take_epoch("shard-2")
    await documents.insert(things, "a", {}, fence=mine)


async def test_epochs_taken_at_once_differ(documents: Documents) -> None:
    taken = await asyncio.gather(*(documents.take_epoch("shard") for _ in range(WRITERS)))
    assert sorted(fence.epoch for fence in taken) == list(range(1, WRITERS + 1))


async def test_closing_finishes_what_was_accepted(documents: Documents, things: Collection) -> None:
    writes = [asyncio.create_task(documents.insert(things, f"{n}", {})) for n in range(50)]
    await asyncio.sleep(0)
    await documents.close()
    await asyncio.gather(*writes)
    await documents.close()
    await documents.open()
    await documents.open()
    assert await documents.count(things) == 50


async def test_nothing_waits_once_the_stream_has_it(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    await documents.insert(things, "a", {}, events=[(TOPIC, event("1")), ("other", event("1"))])
    await documents.replace(things, "a", {}, expected_version=1, events=[(TOPIC, event("2"))])
    await documents.insert_absent(things, [Insert("b", {}, [(TOPIC, event("3"))])])
    await documents.delete(things, "a", events=[(TOPIC, event("4"))])
    assert await documents.waiting(things) == []
    assert await documents.relay(older_than_s=0) == 0
    assert await ids_of(stream) == ["1", "2", "3", "4"]
    assert await ids_of(stream, "other") == ["1"]


async def test_a_write_is_whole_though_its_caller_is_cancelled(
    documents: Documents, stream: Stream, things: Collection
) -> None:
    writes = [
        asyncio.create_task(documents.insert(things, f"{n}", {}, events=[(TOPIC, event(f"{n}"))]))
        for n in range(40)
    ]
    for n, write in enumerate(writes):
        await asyncio.sleep(0.001 if n % 4 == 0 else 0)
        write.cancel()
    await asyncio.wait(writes)
    await documents.close()
    await documents.open()
    await documents.relay(older_than_s=0)
    stored = {document.id for document in (await documents.find(things)).items}
    assert stored == set(await ids_of(stream))
    assert {f"{n}" for n, write in enumerate(writes) if not write.cancelled()} <= stored
