"""What a server answers that has gone wrong, in our words."""

from typing import Any, cast

import pytest
from pymongo.errors import BulkWriteError, OperationFailure

from backends.documents.mongo_driver import MongoCollection, MongoDatabase, UniqueViolation
from models.errors import TooLarge, Unavailable

DUPLICATE = {"index": 1, "code": 11000, "errmsg": "E11000 duplicate key, index: _id_ dup key"}


class Failing:
    """A database, and each of its collections, that answers every write with one error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def native(self, collection: str) -> Any:
        return self

    async def insert_many(self, records: Any, **options: Any) -> None:
        raise self._error

    async def insert_one(self, record: Any) -> None:
        raise self._error


def answering(error: Exception) -> MongoCollection:
    return MongoCollection(cast(MongoDatabase, Failing(error)), "postings")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (10334, TooLarge),
        (17419, TooLarge),
        (17420, TooLarge),
        (43, Unavailable),
        (262, Unavailable),
        (11601, Unavailable),
        (14031, Unavailable),
        (11000, UniqueViolation),
        (13, OperationFailure),
    ],
)
async def test_a_code_means_the_same_alone_and_in_a_bulk(
    code: int, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        await answering(OperationFailure("said", code)).insert({})
    fault = {"index": 0, "code": code, "errmsg": "said"}
    bulk = answering(BulkWriteError({"writeErrors": [DUPLICATE, fault]}))
    if expected is UniqueViolation:
        assert set(await bulk.insert_all([{}, {}])) == {0, 1}
    else:
        with pytest.raises(expected):
            await bulk.insert_all([{}, {}])


async def test_a_duplicate_does_not_hide_that_the_others_may_be_lost() -> None:
    details = {
        "writeErrors": [DUPLICATE],
        "writeConcernErrors": [{"code": 64, "errmsg": "waiting for replication timed out"}],
    }
    with pytest.raises(Unavailable):
        await answering(BulkWriteError(details)).insert_all([{}, {}])
