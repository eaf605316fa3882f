"""The commands over the store of a laptop on which nothing runs."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner

from backends.documents.collections import DEAD_LETTERS
from backends.stream.base import Delivery
from backends.stream.consumer import bury_in
from cluster.cli import app
from cluster.settings import load
from cluster.wiring import command_ports
from models.errors import NotFound
from models.events import JOB_EVENTS, Event
from models.reprocessing import Cause
from services.intake import reprocessing
from services.ports import Ports

T = TypeVar("T")
REASON = "ValueError: [/red] of a posting"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JOBRAY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "400")


def with_ports(work: Callable[[Ports], Awaitable[T]]) -> T:
    async def run() -> T:
        async with command_ports(load()) as ports:
            return await work(ports)

    return asyncio.run(run())


def jobray(*arguments: str) -> str:
    answer = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


async def bury(ports: Ports) -> str:
    event = Event(type="posting.submitted.v1", subject="p", key="p", data={"version": 1})
    await bury_in(ports.documents, "processor")(Delivery(event, JOB_EVENTS, 0, "1", 5), REASON)
    return (await ports.documents.find(DEAD_LETTERS)).items[-1].id


async def left(ports: Ports) -> int:
    return await ports.documents.count(DEAD_LETTERS)


async def told(ports: Ports) -> list[str]:
    return [delivery.event.type async for delivery in ports.stream.read(JOB_EVENTS)]


def test_a_letter_is_shown_and_replayed() -> None:
    id_ = with_ports(bury)
    shown = jobray("dead-letters", "list")
    assert id_ in shown
    assert REASON in shown
    assert "on its way again" in jobray("dead-letters", "replay", id_)
    assert with_ports(left) == 0
    assert with_ports(told) == ["posting.submitted.v1"]
    with pytest.raises(NotFound):
        jobray("dead-letters", "replay", id_)


def test_all_of_them_are_replayed_or_one_is_discarded() -> None:
    jobray("dead-letters", "discard", with_ports(bury))
    assert (with_ports(left), with_ports(told)) == (0, [])
    for _ in range(3):
        with_ports(bury)
    jobray("dead-letters", "replay", "--all")
    assert (with_ports(left), len(with_ports(told))) == (0, 3)


@pytest.mark.parametrize("arguments", [("replay",), ("replay", "x", "--all")])
def test_one_letter_or_all(arguments: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, ["dead-letters", *arguments])
    assert answer.exit_code == 2


def test_the_wish_to_reprocess_is_stored_for_the_supervisor() -> None:
    assert "Nothing runs here" in jobray("reprocess", "--parser", "pay")
    run = with_ports(lambda ports: reprocessing.runs(ports.documents))[Cause.ASKED]
    assert (run.parser, run.everything, run.finished_at) == ("pay", False, None)
    answer = CliRunner().invoke(app, ["reprocess", "--parser", "pay", "--all"])
    assert answer.exit_code == 2
