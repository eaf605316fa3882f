"""The Files port: named bytes. Names are ours, of the form `folder/uuid.ext`; never a user's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LINK_MAX_S = 7 * 24 * 3600
"""Seconds that a link may live: S3 signs none for longer (Signature Version 4)."""


@dataclass(frozen=True, slots=True)
class FileInfo:
    name: str
    size: int
    modified_at: datetime


class Files(Protocol):
    """Every verb raises InvalidInput where the name is not of our form, and Unavailable where the
    store cannot be reached or refuses, after at most some ten seconds."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def put(self, name: str, content: bytes, *, if_absent: bool = False) -> None:
        """Store the whole file or nothing; replaces one of that name. With `if_absent` it replaces
        none and raises Conflict instead: of many who put one name, one succeeds. (One whose first
        try was stored but not answered is told Conflict by its second.)"""

    async def get(self, name: str) -> bytes:
        """Raises NotFound."""

    async def delete(self, name: str) -> None:
        """Fine if it is not there."""

    def list(self, folder: str) -> AsyncIterator[FileInfo]:
        """The files of one folder, newest first; some stores know their age in whole seconds only.
        Holds at most NEWEST of them in memory. A file that is put meanwhile may be left out."""

    async def link(self, name: str, *, expires_s: float) -> str:
        """A URL from which whoever holds it downloads the file, for `expires_s` seconds (up to
        LINK_MAX_S, else ValueError); perhaps relative to our own address. Whether there is such a
        file is not asked."""
