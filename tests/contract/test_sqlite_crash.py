"""Writers of one file are killed again and again: nothing acknowledged is lost, no document is
without its events and no event without its document."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from backends.stream.sqlite import SqliteStream
from tests.contract.adapters import THINGS

WRITERS = 4
ROUNDS = 3
ROOT = Path(__file__).parents[2]


def start(database: Path, ledger: Path, name: str) -> "subprocess.Popen[bytes]":
    with ledger.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.contract.crash_writer", str(database), name],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=out,
        )


def kill_again_and_again(database: Path, ledgers: list[Path]) -> None:
    chance = random.Random(5)
    for round_ in range(ROUNDS):
        sizes = [ledger.stat().st_size if ledger.exists() else 0 for ledger in ledgers]
        writers = [start(database, ledger, f"{n}r{round_}") for n, ledger in enumerate(ledgers)]
        try:
            deadline = time.monotonic() + 20
            while any(
                ledger.stat().st_size < size + 4000
                for ledger, size in zip(ledgers, sizes, strict=True)
            ):
                assert time.monotonic() < deadline, "the writers do not get on"
                time.sleep(0.02)
            chance.shuffle(writers)
            for writer in writers:
                time.sleep(chance.uniform(0, 0.05))
                writer.kill()
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()


@pytest.mark.timeout(90)
async def test_killed_writers_leave_documents_and_events_equal(tmp_path: Path) -> None:
    path = tmp_path / "jobray.db"
    ledgers = [tmp_path / f"ledger{number}" for number in range(WRITERS)]
    await asyncio.to_thread(kill_again_and_again, path, ledgers)
    # A killed writer may leave its last line cut off; only whole lines are promises it gave.
    promised: dict[str, int] = defaultdict(int)
    for ledger in ledgers:
        for line in ledger.read_text().split("\n")[:-1]:
            id_, version = line.split()
            promised[id_] = max(promised[id_], int(version))
    database = Database(path)
    documents, stream = SqliteDocuments(database, [THINGS]), SqliteStream(database)
    await documents.open()
    await stream.open()
    stored = {
        document.id: document.version
        for document in (await documents.find(THINGS, limit=1_000_000)).items
    }
    announced: dict[str, list[int]] = defaultdict(list)
    async for delivery in stream.read("job-events"):
        announced[delivery.event.key].append(int(delivery.event.subject))
    await stream.close()
    await documents.close()
    assert len(promised) > WRITERS * ROUNDS
    assert {id_: version for id_, version in promised.items() if stored.get(id_, 0) < version} == {}
    assert dict(announced) == {id_: list(range(1, n + 1)) for id_, n in stored.items()}
