"""The indexes of a collection on MongoDB, made from its declaration.

A declared index is one over the fields of the body, and ends in the id, so that it serves keyset
pages; an array index is MongoDB's own index of elements. A unique one is a sparse index of the key
that is computed when a document is written (`mongo_records`): documents of before the declaration
get theirs first. Each collection has one more, sparse, for what waits in the outbox.

Made anew is an index whose declaration changed. One that is not declared any more stays: it might
be the operator's own.
"""

from typing import Any

from backends.documents.collections import Collection, Index
from backends.documents.mongo_driver import MongoCollection, Step, StoredIndex
from backends.documents.mongo_filters import path_of
from backends.documents.mongo_records import DOCUMENT, LIVE, document, unique_key

OUTBOX_INDEX = StoredIndex("outbox", ("out_at",), sparse=True)
KEYED_AT_ONCE = 500
"""Documents that get the key of a new unique index by one command."""


async def create(records: MongoCollection, collection: Collection) -> None:
    """Make what is missing. Idempotent, in several processes at once too. Raises UniqueViolation
    where the documents contradict a new unique index."""
    declared = [OUTBOX_INDEX, *map(stored_index, collection.indexes)]
    found = await records.indexes()
    missing = [index for index in declared if not _same(index, found.get(index.name))]
    for outdated in missing:
        if outdated.name in found:
            await records.drop_index(outdated.name)
    for index in collection.indexes:
        if index.unique and stored_index(index) in missing:
            await _give_keys(records, index)
    for new in missing:
        # One a command: FerretDB breaks at a command of several of which some are there already.
        await records.create_index(new)


def stored_index(index: Index) -> StoredIndex:
    if index.unique:
        return StoredIndex(index.name, (f"u.{index.name}",), unique=True, sparse=True)
    keys = tuple(map(path_of, index.fields))
    return StoredIndex(index.name, keys if index.array else (*keys, "_id"))


def _same(declared: StoredIndex, found: StoredIndex | None) -> bool:
    return found is not None and (found.keys, found.unique) == (declared.keys, declared.unique)


async def _give_keys(records: MongoCollection, index: Index) -> None:
    """Compute the key of every document that a writer does not replace meanwhile."""
    after: dict[str, Any] = {}
    while True:
        found = await records.find(
            {**LIVE, **after}, DOCUMENT, order=(("_id", 1),), limit=KEYED_AT_ONCE
        )
        steps = []
        for record in found:
            key = unique_key(document(record).body, index.fields)
            name = f"u.{index.name}"
            change = {"$unset": {name: ""}} if key is None else {"$set": {name: key}}
            steps.append(Step({"_id": record["_id"], "v": record["v"]}, change))
        await records.apply(steps)
        if len(found) < KEYED_AT_ONCE:
            return
        after = {"_id": {"$gt": found[-1]["_id"]}}
