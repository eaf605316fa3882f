"""A process that writes documents with events until it is killed; arguments: file, name.

Each line on standard output is one acknowledged write: `id version`.
"""

import asyncio
import sys
from pathlib import Path

from backends.documents.base import Insert
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from models.base import new_id
from models.events import Event
from tests.contract.adapters import THINGS


def announced(id_: str, version: int) -> list[tuple[str, Event]]:
    event = Event(id=f"{id_}/{version}", type="test.v1", subject=f"{version}", key=id_)
    return [("job-events", event)]


async def write_for_ever(documents: SqliteDocuments, name: str) -> None:
    while True:
        id_ = f"{name}-{new_id()}"
        await documents.insert_absent(THINGS, [Insert(id_, {"n": 1}, announced(id_, 1))])
        sys.stdout.write(f"{id_} 1\n")
        sys.stdout.flush()
        await documents.replace(THINGS, id_, {"n": 2}, expected_version=1, events=announced(id_, 2))
        sys.stdout.write(f"{id_} 2\n")
        sys.stdout.flush()


async def main(path: Path, name: str) -> None:
    documents = SqliteDocuments(Database(path), [THINGS])
    await documents.open()
    await asyncio.gather(*(write_for_ever(documents, name) for _ in range(4)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
