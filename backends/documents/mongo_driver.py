"""MongoDB through motor or PyMongo's own asynchronous client: the one file that knows either.

Motor is past its end of life and `AsyncMongoClient` succeeds it; both speak the same protocol and
nearly the same words. What differs is kept in here: `aggregate` is a coroutine in PyMongo only,
and so is `close`. Everything else of the adapter is written against `MongoDatabase`.

Bounds. A client has at most `pool_size` connections; at most `queue_limit` verbs are under way at
one time, over it they raise `Unavailable`. A server that is not found within `find_within_s`, or
does not answer a command within `answer_within_s`, is unavailable; the client goes on looking for
it by itself, so that the next verb after its return succeeds. Options in the URL win over these.

What was written survives the loss of a server: `w=majority` and `journal=true` unless the URL says
otherwise. A server that vanishes before it answers may or may not have written.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qsl, urlsplit

from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.errors import BSONError
from bson.int64 import Int64
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, DeleteMany, ReturnDocument, UpdateMany
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    WriteConcernError,
)

from models.errors import InvalidInput, TooLarge, Unavailable

T = TypeVar("T")
Driver = Literal["motor", "pymongo"]
Record = dict[str, Any]
Query = Mapping[str, Any]
Order = Sequence[tuple[str, int]]

DEFAULT_DATABASE = "jobray"
_BATCH = 10_000
"""Records of one reply at most; the protocol bounds its bytes as well."""
_STEPS = 25
"""Steps of one command at most: FerretDB holds a connection to its file for each, of 100."""
_DUPLICATE_KEY = 11000
_TOO_LARGE = (10334, 17419, 17420)
"""A document, and what an update would make of one; which of them depends on the server's age."""
_AWAY = (43, 262, 11601, 14031)
"""The cursor is gone, the command took too long or was interrupted, the server's disk is full."""
_NO_SUCH_INDEX = 27
_BROKEN_INDEX = re.compile(r"index: (?P<index>\S+)")
_BROKEN_SQLITE_INDEX = "UNIQUE constraint failed"
"""FerretDB on SQLite answers an update that breaks a unique index with SQLite's own words."""


class UniqueViolation(Exception):
    """A write broke the unique index named `index` ("id" for the id itself), or one that the server
    does not name (None)."""

    def __init__(self, index: str | None) -> None:
        super().__init__(index)
        self.index = index


@dataclass(frozen=True, slots=True)
class Step:
    """One step of `MongoCollection.apply`: the update of the records that satisfy `where`, or their
    removal (`update` is None)."""

    where: Query
    update: Query | None


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """`keys` are field paths; a sparse index leaves out the records without the field."""

    name: str
    keys: tuple[str, ...]
    unique: bool = False
    sparse: bool = False


class _PlainInt(TypeDecoder):
    """BSON's 64-bit integers as `int` itself, as JSON has it."""

    bson_type = Int64

    def transform_bson(self, value: Any) -> int:
        return int(value)


_CODEC: CodecOptions[Record] = CodecOptions(
    tz_aware=True, type_registry=TypeRegistry([_PlainInt()])
)


class MongoDatabase:
    """The database that the URL names (default: "jobray"), through the driver of that name."""

    def __init__(
        self,
        url: str,
        driver: Driver = "motor",
        *,
        pool_size: int = 32,
        queue_limit: int = 10_000,
        find_within_s: float = 2.0,
        answer_within_s: float = 10.0,
    ) -> None:
        self._url = url
        self._driver = driver
        self._queue_limit = queue_limit
        defaults = {
            "maxPoolSize": pool_size,
            "serverSelectionTimeoutMS": round(find_within_s * 1000),
            "connectTimeoutMS": round(find_within_s * 1000),
            "socketTimeoutMS": round(answer_within_s * 1000),
            "waitQueueTimeoutMS": round(answer_within_s * 1000),
            "w": "majority",
            "journal": True,
            "appname": "jobray",
        }
        given = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)}
        self._options = {name: v for name, v in defaults.items() if name.lower() not in given}
        self._client: Any = None
        self._named: Any = None
        self._is_open = False
        self._verbs: set[asyncio.Task[Any]] = set()

    @property
    def is_open(self) -> bool:
        return self._is_open

    async def open(self) -> None:
        """Connect. Raises Unavailable; the driver's own error for a URL that is none."""
        client: Any = _CLIENTS[self._driver](self._url, **self._options)
        named = client.get_default_database(DEFAULT_DATABASE).with_options(codec_options=_CODEC)
        try:
            with _errors():
                await named.command("ping")
        except BaseException:
            await _close(client)
            raise
        self._client, self._named, self._is_open = client, named, True

    async def close(self) -> None:
        """Let the verbs that are under way finish, then release the connections. Idempotent."""
        self._is_open = False
        while self._verbs:
            await asyncio.wait(self._verbs)
        client, self._client = self._client, None
        if client is not None:
            await _close(client)

    async def carry_through(self, verb: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a verb to its end, whether or not its caller is cancelled meanwhile: a command that
        was sent cannot be called back, and PyMongo now and then loses a cancellation. Raises
        Unavailable when the database is closed, or too many are under way."""
        if not self._is_open:
            raise Unavailable("the documents are not open")
        if len(self._verbs) >= self._queue_limit:
            raise Unavailable("too many reads and writes are under way")
        task = asyncio.get_running_loop().create_task(verb())
        self._verbs.add(task)
        task.add_done_callback(self._verbs.discard)
        return await asyncio.shield(task)

    def collection(self, name: str) -> "MongoCollection":
        return MongoCollection(self, name)

    def native(self, collection: str) -> Any:
        """The driver's own object of a collection."""
        return self._named[collection]


class MongoCollection:
    """The commands the adapter uses, each of one round trip, with our errors: `Unavailable`,
    `UniqueViolation`, `InvalidInput` and `TooLarge` for what BSON or the server cannot hold."""

    def __init__(self, database: MongoDatabase, name: str) -> None:
        self.name = name
        self._database = database

    @property
    def is_open(self) -> bool:
        return self._database.is_open

    @property
    def _native(self) -> Any:
        return self._database.native(self.name)

    async def insert(self, record: Record) -> None:
        with _errors():
            await self._native.insert_one(record)

    async def insert_all(self, records: Sequence[Record]) -> dict[int, str | None]:
        """Insert each record that breaks no unique index; gives, for every other one, its place in
        the sequence and the index it broke (see `UniqueViolation`)."""
        try:
            with _errors():
                await self._native.insert_many(records, ordered=False)
        except _Refused as refused:
            return refused.places
        return {}

    async def find(
        self, where: Query, fields: Sequence[str], *, order: Order = (), limit: int = 0
    ) -> list[Record]:
        """The records that satisfy `where`, with these fields and the id; `limit` 0 is none."""
        with _errors():
            found = self._native.find(where, dict.fromkeys(fields, 1) or {"_id": 1})
            if order:
                found = found.sort(list(order))
            # One reply holds them all, up to the size of a reply: no second trip to end the cursor.
            found = found.limit(limit).batch_size(min(limit + 1, _BATCH) if limit else _BATCH)
            records: list[Record] = await found.to_list(None)
            return records

    async def count(self, where: Query) -> int:
        with _errors():
            return int(await self._native.count_documents(where))

    async def update(self, where: Query, change: Query) -> bool:
        """Change the one record; says whether there was one."""
        with _errors():
            result = await self._native.update_one(where, change)
            return bool(result.matched_count)

    async def exchange(self, where: Query, change: Query, *, upsert: bool = False) -> Record | None:
        """Change the one record and give it as it was before, None where there was none."""
        # Without a projection, which one of the two servers refuses; as it was before, because the
        # other answers "after" with a record that later writers have changed already.
        with _errors():
            before: Record | None = await self._native.find_one_and_update(
                where, change, upsert=upsert, return_document=ReturnDocument.BEFORE
            )
            return before

    async def delete(self, where: Query) -> bool:
        with _errors():
            result = await self._native.delete_one(where)
            return bool(result.deleted_count)

    async def apply(self, steps: Sequence[Step]) -> int:
        """Take all the steps, in any order; says how many records they found. More than
        `_STEPS` take several round trips."""
        requests = [
            DeleteMany(step.where) if step.update is None else UpdateMany(step.where, step.update)
            for step in steps
        ]
        found = 0
        for first in range(0, len(requests), _STEPS):
            with _errors():
                result = await self._native.bulk_write(
                    requests[first : first + _STEPS], ordered=False
                )
            found += result.matched_count + result.deleted_count
        return found

    async def groups(self, where: Query, by: Mapping[str, str]) -> list[Record]:
        """How many records (`n`) there are of each combination (`_id`) of the values of fields:
        `by` gives the field of each name. A missing field may miss in `_id` too."""
        key = {name: f"${field}" for name, field in by.items()} or None
        with _errors():
            found = self._native.aggregate(
                [{"$match": where}, {"$group": {"_id": key, "n": {"$sum": 1}}}]
            )
            if isawaitable(found):
                found = await found
            records: list[Record] = await found.to_list(None)
            return records

    async def indexes(self) -> dict[str, StoredIndex]:
        with _errors():
            found = await self._native.index_information()
        return {
            name: StoredIndex(name, tuple(key for key, _ in spec["key"]), spec.get("unique", False))
            for name, spec in found.items()
        }

    async def drop_index(self, name: str) -> None:
        """Nothing where another process has dropped it already."""
        try:
            with _errors():
                await self._native.drop_index(name)
        except OperationFailure as error:
            if error.code != _NO_SUCH_INDEX:
                raise

    async def create_index(self, index: StoredIndex) -> None:
        """Nothing where it is there already. Raises UniqueViolation where the records that are
        there contradict it."""
        kinds = {"unique": index.unique, "sparse": index.sparse}
        options = {kind: True for kind, wanted in kinds.items() if wanted}
        with _errors():
            await self._native.create_index(
                [(key, 1) for key in index.keys], name=index.name, **options
            )


class _Refused(UniqueViolation):
    """A bulk write in which each record at one of `places` broke a unique index."""

    def __init__(self, places: dict[int, str | None]) -> None:
        super().__init__(next(iter(places.values())))
        self.places = places


_CLIENTS: dict[Driver, Any] = {"motor": AsyncIOMotorClient, "pymongo": AsyncMongoClient}


async def _close(client: Any) -> None:
    closing = client.close()
    if isawaitable(closing):
        await closing


@contextmanager
def _errors() -> Iterator[None]:
    """The drivers' errors as ours; what is none of these is a fault of ours and stays as it is."""
    try:
        yield
    except (ConnectionFailure, ExecutionTimeout, WriteConcernError) as error:
        raise _unavailable(error) from error
    except BulkWriteError as error:
        raise _of_bulk(error) from error
    except (DocumentTooLarge, BSONError, OverflowError) as error:
        raise _not_storable(error) from error
    except OperationFailure as error:
        ours = _of_failure(error)
        if ours is error:
            raise
        raise ours from error


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"the document server cannot be used now ({type(error).__name__})")


def _not_storable(error: Exception) -> InvalidInput | TooLarge:
    if isinstance(error, BSONError | OverflowError) and not isinstance(error, DocumentTooLarge):
        return InvalidInput(f"the document cannot be stored: {error}")
    return TooLarge("the document is larger than the store takes")


def _of_bulk(error: BulkWriteError) -> Exception:
    faults = error.details.get("writeErrors", [])
    if not faults or error.details.get("writeConcernErrors"):
        return _unavailable(error)
    if not all(_is_violation(fault["code"], fault["errmsg"]) for fault in faults):
        other = next(f for f in faults if not _is_violation(f["code"], f["errmsg"]))
        return _of_failure(OperationFailure(str(other["errmsg"]), other["code"]))
    return _Refused({fault["index"]: _index_in(fault["errmsg"]) for fault in faults})


def _of_failure(error: OperationFailure) -> Exception:
    if error.code in _TOO_LARGE:
        return _not_storable(error)
    if error.code in _AWAY:
        return _unavailable(error)
    if _is_violation(error.code, str(error)):
        return UniqueViolation(_index_in(str(error)))
    return error


def _is_violation(code: int | None, message: str) -> bool:
    return code == _DUPLICATE_KEY or _BROKEN_SQLITE_INDEX in message


def _index_in(message: str) -> str | None:
    named = _BROKEN_INDEX.search(message)
    if named is None:
        return None
    return "id" if named["index"] == "_id_" else named["index"]
