"""What a write does to the records of one collection: versions, unique indexes, dead records.

Each write is one change of one record, and gives what waits in the record's outbox after it. A
deleted document whose events still wait is a dead record: to all others it is not there, so an
insert of its id takes the record over, together with what waits.
"""

from collections.abc import Mapping, Sequence

from backends.documents.base import Body, Outgoing
from backends.documents.collections import Collection
from backends.documents.mongo_driver import MongoCollection, UniqueViolation
from backends.documents.mongo_records import (
    LIVE,
    WAITING,
    Record,
    Waiting,
    content,
    entries,
    one_of,
    pushed,
    waiting,
)
from models.base import Clock, new_id
from models.errors import DomainError, DuplicateKey, NotFound, Unavailable, VersionConflict

PLACE_TRIES = 5
"""Each needs another writer that deletes or inserts the same id at the same moment."""


class Writes:
    """The writes of one collection; bodies are those that `plain` gave. Times in the outbox are
    those of `clock`."""

    def __init__(self, records: MongoCollection, collection: Collection, clock: Clock) -> None:
        self._records = records
        self._collection = collection
        self._clock = clock

    async def insert(self, id: str, body: Body, events: Sequence[Outgoing]) -> Waiting:
        """Store a new document. Raises DuplicateKey."""
        record = self._new(id, body, events, new_id())
        try:
            await self._records.insert(record)
        except UniqueViolation as broken:
            return await self._place(record, broken)
        return waiting(record)

    async def insert_absent(
        self, news: Mapping[str, tuple[Body, Sequence[Outgoing]]]
    ) -> dict[str, Waiting]:
        """Store, by id, what is not there; gives what waits of each that was new."""
        write = new_id()
        records = [self._new(id_, body, events, write) for id_, (body, events) in news.items()]
        refused = await self._records.insert_all(records)
        stored = {r["_id"]: waiting(r) for place, r in enumerate(records) if place not in refused}
        # Who broke another index counts as present; the others may have met a dead record.
        unclear = [records[place] for place, index in refused.items() if index in ("id", None)]
        for record in await self._not_live(unclear):
            try:
                stored[record["_id"]] = await self._place(record, UniqueViolation(None))
            except DuplicateKey:
                continue
        return stored

    async def replace(
        self, id: str, body: Body, expected_version: int, events: Sequence[Outgoing]
    ) -> Waiting:
        """Raises NotFound, VersionConflict, DuplicateKey. What waited before an update without
        events is left out: it is not for this writer to send."""
        where = {"_id": id, "v": expected_version, **LIVE}
        fields, out = content(self._collection, body), entries(events, new_id())
        change = {"$set": fields, "$inc": {"v": 1}, **pushed(out, self._clock())}
        try:
            if not out:
                before = {"_id": id} if await self._records.update(where, change) else None
            else:
                before = await self._records.exchange(where, change)
        except UniqueViolation as broken:
            raise await self._duplicate(id, fields, broken) from broken
        if before is None:
            raise await self._missed(id, expected_version)
        return waiting(before, out)

    async def delete(
        self, id: str, expected_version: int | None, events: Sequence[Outgoing]
    ) -> Waiting:
        """Raises NotFound, VersionConflict."""
        where: Record = {"_id": id, **LIVE}
        if expected_version is not None:
            where["v"] = expected_version
        if not events and await self._records.delete({**where, "out_at": {"$exists": False}}):
            return Waiting(id, ())
        out = entries(events, new_id())
        change = {"$set": {"dead": True}, "$unset": {"body": "", "u": ""}}
        # The time without an event too: by it the relay finds a dead record, and ends it.
        change |= {"$min": {"out_at": self._clock()}} | pushed(out, self._clock())
        before = await self._records.exchange(where, change)
        if before is None:
            raise await self._missed(id, expected_version)
        return waiting({**before, "dead": True}, out)

    def _new(self, id_: str, body: Body, events: Sequence[Outgoing], write: str) -> Record:
        record = {"_id": id_, "v": 1, **content(self._collection, body)}
        if events:
            record |= {"out": entries(events, write), "out_at": self._clock()}
        return record

    async def _not_live(self, records: Sequence[Record]) -> list[Record]:
        if not records:
            return []
        ids = [record["_id"] for record in records]
        found = await self._records.find({"_id": one_of(ids), **LIVE}, ())
        live = {record["_id"] for record in found}
        return [record for record in records if record["_id"] not in live]

    async def _place(self, record: Record, broken: UniqueViolation) -> Waiting:
        """Insert a record that broke an index: over the dead one of its id, or once more where
        whoever had it is gone. Raises DuplicateKey, Unavailable."""
        id_ = record["_id"]
        for _ in range(PLACE_TRIES):
            found = await self._records.find({"_id": id_}, ("dead",))
            if found and "dead" not in found[0]:
                raise DuplicateKey("id") from broken
            index = broken.index or await self._broken_index(id_, record)
            if index not in (None, "id"):
                raise DuplicateKey(index) from broken
            try:
                if found and (before := await self._take_over(record)):
                    return waiting(before, record.get("out", ()))
                if not found:
                    await self._records.insert(record)
                    return waiting(record)
            except UniqueViolation as again:
                broken = again
        raise _changing(id_)

    async def _take_over(self, record: Record) -> Record | None:
        """Make a dead record this one; gives it as it was, None where it is gone or taken."""
        fields = {name: value for name, value in record.items() if name not in ("_id", *WAITING)}
        return await self._records.exchange(
            {"_id": record["_id"], "dead": True},
            {
                "$set": fields,
                "$unset": {"dead": ""},
                **pushed(record.get("out", ()), self._clock()),
            },
        )

    async def _broken_index(self, id_: str, fields: Record) -> str | None:
        """The unique index that these fields break, where the server does not name it."""
        for index, key in fields.get("u", {}).items():
            others = {f"u.{index}": key, "_id": {"$ne": id_}}
            if await self._records.find(others, (), limit=1):
                return str(index)
        return None

    async def _duplicate(self, id_: str, fields: Record, broken: UniqueViolation) -> DomainError:
        index = broken.index or await self._broken_index(id_, fields)
        return DuplicateKey(index) if index else _changing(id_)

    async def _missed(self, id_: str, expected: int | None) -> NotFound | VersionConflict:
        found = await self._records.find({"_id": id_, **LIVE}, ("v",))
        if not found:
            return NotFound(f"there is no {id_} in {self._collection.name}")
        return VersionConflict(f"{id_} is at version {found[0]['v']}, not {expected}")


def _changing(id_: str) -> Unavailable:
    return Unavailable(f"{id_} is being changed by others again and again")
