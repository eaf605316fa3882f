"""Positions rise, whatever the clock of the next owner says."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import getrandbits
from uuid import UUID

import pytest

from backends.documents.collections import NOTIFICATIONS
from backends.documents.sqlite import SqliteDocuments
from services.telling.positions import Positions
from tests.databases import new_database

NOW_S = 1_790_000_000
MANY = 50


def uuid7(second: int) -> str:
    """RFC 9562, 5.7: milliseconds, version, random bits, variant, random bits."""
    high = (second * 1000 << 16) | (7 << 12) | getrandbits(12)
    return str(UUID(int=(high << 64) | (2 << 62) | getrandbits(62)))


def clock(second: int) -> Positions:
    """Of an owner whose clock stands there."""
    return Positions(lambda: uuid7(second))


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    documents = SqliteDocuments(new_database(tmp_path / "jobray.db"))
    await documents.open()
    yield documents
    await documents.close()


@pytest.mark.parametrize("behind_s", [-600, 0, 5, 600])
async def test_the_next_owner_goes_on_above_whatever_its_clock_says(
    documents: SqliteDocuments, behind_s: int
) -> None:
    first, second = clock(NOW_S), clock(NOW_S - behind_s)
    given = [first.next() for _ in range(MANY)]
    for position in given:
        await documents.insert(NOTIFICATIONS, position, {"user_id": "u", "position": position})
    await second.rise_above_stored(documents)
    given += [second.next() for _ in range(MANY)]
    assert given == sorted(set(given))
    assert {len(position) for position in given} == {36}


async def test_a_clock_that_goes_back_in_between_changes_nothing(
    documents: SqliteDocuments,
) -> None:
    seconds = iter([NOW_S, NOW_S - 60, NOW_S - 60, NOW_S + 60])
    positions = Positions(lambda: uuid7(next(seconds)))
    await positions.rise_above_stored(documents)  # nothing is stored
    given = [positions.next() for _ in range(4)]
    assert given == sorted(set(given))
    assert given[-1][:13] == uuid7(NOW_S + 60)[:13]
