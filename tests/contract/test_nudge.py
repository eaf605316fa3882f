"""The nudge wakes listeners of other sockets, clears away dead ones, and may fail without harm."""

import asyncio
import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backends.nudge import Nudge
from backends.sqlite import Database
from backends.stream.sqlite import SqliteStream
from models.events import Event


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary directory of its own, short enough for a socket's path."""
    with tempfile.TemporaryDirectory(prefix="jr") as made:
        monkeypatch.setattr(tempfile, "tempdir", made)
        yield Path(made)


async def woken(event: asyncio.Event, within_s: float = 1.0) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def test_only_listeners_of_the_topic_wake(folder: Path) -> None:
    sender, listener = Nudge(folder / "db"), Nudge(folder / "db")
    jobs, alerts, left = asyncio.Event(), asyncio.Event(), asyncio.Event()
    listener.listen("jobs", jobs)
    listener.listen("alerts", alerts)
    listener.listen("jobs", left)
    listener.unlisten("jobs", left)
    sender.send({"jobs", "others"})
    assert await woken(jobs)
    assert not alerts.is_set()
    assert not left.is_set()
    sender.close()
    listener.close()
    listener.close()


async def test_databases_do_not_wake_each_other(folder: Path) -> None:
    listener, event = Nudge(folder / "db"), asyncio.Event()
    listener.listen("jobs", event)
    Nudge(folder / "other").send({"jobs"})
    assert not await woken(event, 0.05)
    listener.close()


async def test_a_dead_socket_is_cleared_away(folder: Path) -> None:
    listener, event = Nudge(folder / "db"), asyncio.Event()
    listener.listen("jobs", event)
    sockets = folder / os.listdir(folder)[0]
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    dead.bind(str(sockets / "dead"))
    dead.close()
    assert len(os.listdir(sockets)) == 2
    Nudge(folder / "db").send({"jobs"})
    assert await woken(event)
    assert "dead" not in os.listdir(sockets)
    listener.close()
    assert os.listdir(folder) == []


async def test_a_full_buffer_neither_blocks_nor_fails(folder: Path) -> None:
    sender, listener, event = Nudge(folder / "db"), Nudge(folder / "db"), asyncio.Event()
    listener.listen("jobs", event)
    for _ in range(5_000):
        sender.send({"jobs"})
    assert await woken(event)
    listener.close()


async def test_without_a_descriptor_nobody_is_woken_until_there_is_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, listener, event = Nudge(folder / "db"), Nudge(folder / "db"), asyncio.Event()
    listener.listen("jobs", event)

    def none_left(*args: object) -> socket.socket:
        raise OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(socket, "socket", none_left)
        sender.send({"jobs"})
    assert not await woken(event, 0.05)
    sender.send({"jobs"})
    assert await woken(event)
    sender.close()
    listener.close()


async def test_without_nudges_waiting_polls(folder: Path) -> None:
    database = Database(folder / "db")
    stream = SqliteStream(database)
    await stream.open()
    # A stranger's folder of that name: open to others, so it is not used.
    os.mkdir(database.nudge.folder, 0o755)
    subscription = await stream.subscribe("jobs", "s", "ordered")
    receiving = asyncio.create_task(subscription.receive(1, 5.0))
    await asyncio.sleep(0.05)
    await stream.publish("jobs", [Event(id="e", type="t", subject="s", key="k")])
    async with asyncio.timeout(1.0):
        assert [delivery.event.id for delivery in await receiving] == ["e"]
    assert os.listdir(database.nudge.folder) == []
    await subscription.close()
    await stream.close()
