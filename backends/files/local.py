"""Files in a folder of this machine.

A file appears whole or not at all: it is written beside its place, flushed to the disk, given its
name, and the folder is flushed too. Names are of one form, `folder/name.ext`, and every step goes
through the descriptor of a folder that was opened without following links, so nothing leads
outside.
"""

import asyncio
import os
import secrets
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from backends.files.base import FileInfo
from backends.files.links import LinkMaker
from backends.files.names import check_folder, is_name, parts
from backends.files.newest import Newest, newest_first
from models.errors import Conflict, NotFound, Unavailable

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


class LocalFiles:
    """The Files port below `root`. A process that makes no links needs no `links`, and so no
    secret: `link` raises Unavailable there."""

    def __init__(self, root: Path, *, links: LinkMaker | None = None) -> None:
        self._root = root
        self._links = links

    async def open(self) -> None:
        with _disk_errors():
            await asyncio.to_thread(self._root.mkdir, 0o700, True, True)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def put(self, name: str, content: bytes, *, if_absent: bool = False) -> None:
        folder, file = parts(name)
        try:
            with _disk_errors(FileExistsError):
                await asyncio.to_thread(self._write, folder, file, content, if_absent)
        except FileExistsError as error:
            raise Conflict(f"there is a file {name} already") from error

    async def get(self, name: str) -> bytes:
        folder, file = parts(name)
        try:
            with _disk_errors(FileNotFoundError):
                return await asyncio.to_thread(self._read, folder, file)
        except FileNotFoundError as error:
            raise NotFound(f"there is no file {name}") from error

    async def delete(self, name: str) -> None:
        folder, file = parts(name)
        with suppress(FileNotFoundError), _disk_errors(FileNotFoundError):
            await asyncio.to_thread(self._remove, folder, file)

    async def list(self, folder: str) -> AsyncIterator[FileInfo]:
        check_folder(folder)

        async def look(newest: Newest) -> None:
            with suppress(FileNotFoundError), _disk_errors(FileNotFoundError):
                await asyncio.to_thread(self._scan, folder, newest)

        async for info in newest_first(look):
            yield info

    async def link(self, name: str, *, expires_s: float) -> str:
        parts(name)
        if self._links is None:
            raise Unavailable("no links to files are made here", retry_after_s=None)
        return self._links.link(name, expires_s)

    def _write(self, folder: str, file: str, content: bytes, if_absent: bool) -> None:
        with suppress(FileExistsError):
            os.mkdir(self._root / folder, 0o700)
            _flush_folder(self._root)
        # A leading dot is no name of ours: a half-written file is never listed or read.
        draft = f".{secrets.token_hex(8)}"
        with self._opened(folder) as at:
            try:
                self._write_draft(at, draft, content)
                # A link, unlike a rename, fails where the name is taken.
                place = os.link if if_absent else os.rename
                place(draft, file, src_dir_fd=at, dst_dir_fd=at)
            finally:
                with suppress(OSError):
                    os.unlink(draft, dir_fd=at)
            os.fsync(at)

    def _write_draft(self, at: int, draft: str, content: bytes) -> None:
        flags = _FILE_FLAGS | os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(draft, flags, 0o600, dir_fd=at), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _read(self, folder: str, file: str) -> bytes:
        with (
            self._opened(folder) as at,
            open(os.open(file, _FILE_FLAGS | os.O_RDONLY, dir_fd=at), "rb") as opened,
        ):
            return opened.read()

    def _remove(self, folder: str, file: str) -> None:
        with self._opened(folder) as at:
            os.unlink(file, dir_fd=at)
            os.fsync(at)

    def _scan(self, folder: str, newest: Newest) -> None:
        with self._opened(folder) as at, os.scandir(at) as entries:
            for entry in entries:
                name = f"{folder}/{entry.name}"
                if not is_name(name):
                    continue
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        modified_at = datetime.fromtimestamp(status.st_mtime_ns / 1e9, UTC)
                        newest.add(FileInfo(name, status.st_size, modified_at))

    @contextmanager
    def _opened(self, folder: str) -> Iterator[int]:
        descriptor = os.open(self._root / folder, _FOLDER_FLAGS)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, _FOLDER_FLAGS & ~os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_errors(*expected: type[OSError]) -> Iterator[None]:
    """Any other than these becomes Unavailable."""
    try:
        yield
    except expected:
        raise
    except OSError as error:
        raise Unavailable(f"the disk refused ({os.strerror(error.errno or 0)})") from error
