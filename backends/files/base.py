"""The Files port: named bytes. Names are ours, of the form `folder/uuid.ext`; never a user's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FileInfo:
    name: str
    size: int
    modified_at: datetime


class Files(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def put(self, name: str, content: bytes) -> None:
        """Store the whole file or nothing; replaces one of that name. Raises InvalidInput where
        the name is not of our form."""

    async def get(self, name: str) -> bytes:
        """Raises NotFound."""

    async def delete(self, name: str) -> None:
        """Fine if it is not there."""

    def list(self, folder: str) -> AsyncIterator[FileInfo]:
        """The files of one folder, newest first."""
