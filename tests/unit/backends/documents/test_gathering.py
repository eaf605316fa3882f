"""What is asked at once goes together; nobody gets an answer older than the question."""

import asyncio
from collections.abc import Sequence

import pytest

from backends.documents.gathering import AT_ONCE, Gathered


class Work:
    """Takes as long as it is made to; its answer is its number."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.free = asyncio.Event()
        self.failing: set[int] = set()

    async def __call__(self, asked: Sequence[str]) -> int:
        number = len(self.calls)
        self.calls.append(list(asked))
        await self.free.wait()
        if number in self.failing:
            raise ConnectionError(asked[0])
        return number


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def asking(gathered: Gathered[str, int], *asked: str) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(gathered.ask(each)) for each in asked]


async def busy(gathered: Gathered[str, int]) -> list[asyncio.Task[int]]:
    """As many calls as may be under way at once."""
    tasks = []
    for number in range(AT_ONCE):
        tasks += asking(gathered, f"busy {number}")
        await settle()
    return tasks


async def test_what_comes_while_all_calls_are_under_way_goes_together() -> None:
    gathered = Gathered(work := Work())
    first = await busy(gathered)
    later = asking(gathered, "a")
    await settle()
    later += asking(gathered, "b", "c")
    await settle()
    assert len(work.calls) == AT_ONCE
    work.free.set()
    assert await asyncio.gather(*first, *later) == [*range(AT_ONCE), *([AT_ONCE] * 3)]
    assert work.calls[AT_ONCE:] == [["a", "b", "c"]]


async def test_what_comes_at_one_moment_goes_together() -> None:
    gathered = Gathered(work := Work())
    work.free.set()
    assert await asyncio.gather(*asking(gathered, "a", "b")) == [0, 0]
    assert await gathered.ask("c") == 1
    assert work.calls == [["a", "b"], ["c"]]


async def test_a_call_that_hangs_does_not_hold_up_others() -> None:
    gathered = Gathered(work := Work())
    hanging = asking(gathered, "a")
    await settle()
    work.free = asyncio.Event()
    work.free.set()
    assert await gathered.ask("b") == 1
    assert not hanging[0].done()
    hanging[0].cancel()


async def test_what_a_call_raises_is_raised_to_its_own_askers_alone() -> None:
    gathered = Gathered(work := Work())
    work.failing = {0}
    first = asking(gathered, "a", "b")
    await settle()
    later = asking(gathered, "c")
    work.free.set()
    for one in first:
        with pytest.raises(ConnectionError, match="a"):
            await one
    assert await later[0] == 1


async def test_who_is_cancelled_takes_nobodys_answer_away() -> None:
    gathered = Gathered(work := Work())
    leaving, staying = asking(gathered, "a", "b")
    await settle()
    leaving.cancel()
    work.free.set()
    assert await staying == 0
    assert work.calls == [["a", "b"]]


async def test_a_call_that_was_cancelled_before_it_began_is_made_anew() -> None:
    gathered = Gathered(work := Work())
    running = await busy(gathered)
    waiting = asking(gathered, "a")
    await settle()
    for call in asyncio.all_tasks() - {asyncio.current_task(), *running, *waiting}:
        call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    work.free.set()
    assert await gathered.ask("b") == AT_ONCE
