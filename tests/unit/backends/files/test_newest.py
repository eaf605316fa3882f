"""The order of files by age, in bounded memory."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.files import newest
from backends.files.base import FileInfo
from backends.files.newest import Newest, newest_first

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def info(number: int, age_s: int) -> FileInfo:
    return FileInfo(f"cvs/{number}.pdf", number, NOW - timedelta(seconds=age_s))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ages=st.lists(st.integers(0, 5), max_size=30), room=st.integers(1, 8))
async def test_every_file_comes_once_by_age_then_name(
    ages: list[int], room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "NEWEST", room)
    folder = [info(number, age) for number, age in enumerate(ages)]
    held: list[int] = []

    async def look(found: Newest) -> None:
        for each in folder:
            found.add(each)
        held.append(len(found.taken()))

    told = [each async for each in newest_first(look)]
    assert told == sorted(folder, key=lambda each: (each.modified_at, each.name), reverse=True)
    assert max(held) <= room
    assert len(held) == len(folder) // room + 1


async def test_what_is_put_or_deleted_meanwhile_disturbs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(newest, "NEWEST", 2)
    folder = {each.name: each for each in (info(number, age_s=number) for number in range(6))}

    async def look(found: Newest) -> None:
        for each in folder.values():
            found.add(each)

    told = []
    async for each in newest_first(look):
        told.append(each.name)
        if len(told) == 2:
            del folder["cvs/3.pdf"]
            folder["cvs/new.pdf"] = FileInfo("cvs/new.pdf", 1, NOW + timedelta(seconds=1))
    assert told == ["cvs/0.pdf", "cvs/1.pdf", "cvs/2.pdf", "cvs/4.pdf", "cvs/5.pdf"]


async def test_who_wants_only_the_newest_pays_for_one_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(newest, "NEWEST", 3)
    looks = 0

    async def look(found: Newest) -> None:
        nonlocal looks
        looks += 1
        for number in range(9):
            found.add(info(number, age_s=number))

    told = newest_first(look)
    assert [(await anext(told)).name for _ in range(3)] == [f"cvs/{n}.pdf" for n in range(3)]
    assert looks == 1
