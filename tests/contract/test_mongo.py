"""What only the documents on MongoDB have: indexes made later, several openers, limits of BSON."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from backends.documents import mongo
from backends.documents.base import Insert
from backends.documents.collections import COLLECTIONS, Collection, Index
from backends.documents.filters import Eq
from backends.documents.gathering import Gathered
from backends.documents.mongo import MongoDocuments
from backends.documents.mongo_driver import Driver, MongoDatabase
from backends.sqlite import Database
from backends.stream.sqlite import SqliteStream
from models.errors import DuplicateKey, Fenced, InvalidInput, TooLarge, Unavailable
from tests.contract.adapters import THINGS, mongo_database

PAIRS: tuple[tuple[Driver, str], ...] = (("motor", "mongo-java"), ("pymongo", "ferretdb"))
BARE = Collection("things")
MAILED = Collection("things", (Index("thing_mail", ("owner", "mail"), unique=True),))
RANKED = Collection("things", (Index("thing_mail", ("owner", "rank"), unique=True),))


class Opener:
    """Opens documents of the collections it is given, all in one database."""

    def __init__(self, driver: Driver, url: str, folder: Path) -> None:
        self.driver = driver
        self.url = url
        self._stream = SqliteStream(Database(folder / "stream.db"))
        self._made: list[MongoDocuments] = []

    def documents(self, *collections: Collection) -> MongoDocuments:
        made = MongoDocuments(self.url, self._stream, driver=self.driver, collections=collections)
        self._made.append(made)
        return made

    async def opened(self, *collections: Collection) -> MongoDocuments:
        made = self.documents(*collections)
        await made.open()
        return made

    async def close(self) -> None:
        for made in self._made:
            await made.close()

    async def indexes(self, name: str) -> dict[str, list[str]]:
        async with AsyncMongoClient(self.url) as client:
            found = await client.get_default_database()[name].index_information()
        return {name: [key for key, _ in index["key"]] for name, index in found.items()}


@pytest.fixture(params=PAIRS, ids="-".join)
async def opener(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    driver, server = request.param
    async with mongo_database(server) as url:
        made = Opener(driver, url, tmp_path)
        yield made
        await made.close()


def _keys(index: Index) -> list[str]:
    if index.unique:
        return [f"u.{index.name}"]
    fields = [f"body.{field}" for field in index.fields]
    return fields if index.array else [*fields, "_id"]


async def test_the_declared_indexes_are_made_by_several_openers_at_once(opener: Opener) -> None:
    await asyncio.gather(*(opener.documents(*COLLECTIONS).open() for _ in range(3)))
    for collection in COLLECTIONS:
        expected = {index.name: _keys(index) for index in collection.indexes}
        found = await opener.indexes(collection.name)
        assert found == {**expected, "_id_": ["_id"], "outbox": ["out_at"]}


async def test_an_array_index_is_of_the_array_alone(opener: Opener) -> None:
    await opener.opened(THINGS)
    assert (await opener.indexes("things"))["thing_tags"] == ["body.tags"]


async def test_a_new_unique_index_counts_the_documents_of_before(opener: Opener) -> None:
    before = await opener.opened(BARE)
    bodies = [{"owner": "o", "mail": f"{n}"} for n in range(30)] + [{"owner": "o"}]
    await before.insert_absent(BARE, [Insert(f"{n:02}", body) for n, body in enumerate(bodies)])
    after = await opener.opened(MAILED)
    with pytest.raises(DuplicateKey) as refused:
        await after.insert(MAILED, "new", {"owner": "o", "mail": "29"})
    assert refused.value.index == "thing_mail"
    await after.insert(MAILED, "new", {"owner": "o"})


async def test_an_index_that_is_declared_otherwise_is_made_anew(opener: Opener) -> None:
    before = await opener.opened(MAILED)
    await before.insert(MAILED, "a", {"owner": "o", "mail": "m", "rank": 1})
    # The key of an index goes by its name: only the fields it is computed of have changed.
    changed = Collection("things", (Index("thing_mail", ("owner", "mail")),))
    await opener.opened(changed)
    assert (await opener.indexes("things"))["thing_mail"] == ["body.owner", "body.mail", "_id"]
    after = await opener.opened(RANKED)
    with pytest.raises(DuplicateKey):
        await after.insert(RANKED, "b", {"owner": "o", "mail": "n", "rank": 1})
    await after.insert(RANKED, "c", {"owner": "o", "mail": "m", "rank": 2})


async def test_documents_that_contradict_a_new_unique_index_are_told(opener: Opener) -> None:
    before = await opener.opened(BARE)
    for id_ in "ab":
        await before.insert(BARE, id_, {"owner": "o", "mail": "m"})
    with pytest.raises(DuplicateKey):
        await opener.documents(MAILED).open()
    assert await before.count(BARE, Eq("mail", "m")) == 2


async def test_what_bson_cannot_hold_is_refused(opener: Opener) -> None:
    documents = await opener.opened(THINGS)
    for body in ({"n": 2**63}, {"n": [-(2**63) - 1]}):
        with pytest.raises(InvalidInput):
            await documents.insert(THINGS, "a", body)
    with pytest.raises(TooLarge):
        await documents.insert(THINGS, "a", {"text": "x" * 17_000_000})
    assert await documents.count(THINGS) == 0


async def test_integers_are_plain_ones(opener: Opener) -> None:
    documents = await opener.opened(THINGS)
    await documents.insert(THINGS, "a", {"n": 2**40, "deep": [{"n": 2**41}]})
    body = (await documents.get(THINGS, "a")).body
    assert [type(body["n"]), type(body["deep"][0]["n"])] == [int, int]


async def test_the_verbs_under_way_are_bounded(opener: Opener) -> None:
    database = MongoDatabase(opener.url, opener.driver, queue_limit=3)
    await database.open()
    things = database.collection("things")

    async def count() -> int:
        return await things.count({})

    asked = [asyncio.create_task(database.carry_through(count)) for _ in range(5)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert answers[:3] == [0, 0, 0]
    assert [type(answer) for answer in answers[3:]] == [Unavailable, Unavailable]
    await database.close()
    with pytest.raises(Unavailable):
        await database.carry_through(count)


async def test_options_of_the_url_win(opener: Opener) -> None:
    odd = "&" if "?" in opener.url else "?"
    database = MongoDatabase(f"{opener.url}{odd}appName=other&w=1", opener.driver)
    await database.open()
    assert database.native("things").write_concern.document == {"w": 1, "j": True}
    await database.close()


async def test_who_was_frozen_while_it_asked_for_its_epoch_asks_again(
    opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A successor takes the epoch between the answer and the write."""
    documents, successor = await opener.opened(THINGS), await opener.opened(THINGS)
    fence, read = await documents.take_epoch("shard"), documents._epochs_of
    monkeypatch.setattr(mongo, "FRESH_S", 0.2)

    async def frozen(names: Sequence[str]) -> dict[str, int]:
        answer = await read(names)
        await asyncio.sleep(0.3)
        return answer

    async def frozen_once(names: Sequence[str]) -> dict[str, int]:
        answer = await frozen(names)
        documents._epochs = Gathered(read)
        await successor.take_epoch("shard")
        return answer

    documents._epochs = Gathered(frozen)
    with pytest.raises(Unavailable):
        await documents.insert(THINGS, "a", {}, fence=fence)
    documents._epochs = Gathered(frozen_once)
    with pytest.raises(Fenced):
        await documents.insert(THINGS, "a", {}, fence=fence)
    assert await documents.count(THINGS) == 0
