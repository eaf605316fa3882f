"""Files in a folder of this machine.

A file appears whole or not at all: it is written beside its place, flushed to the disk, renamed,
and the folder is flushed too. Names are of one form, `folder/name.ext`, and every step goes through
the descriptor of a folder that was opened without following links, so nothing leads outside.
"""

import asyncio
import os
import re
import secrets
import stat
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from backends.files.base import FileInfo
from models.errors import FieldError, InvalidInput, NotFound, Unavailable

_NAME = re.compile(r"([a-z-]+)/([A-Za-z0-9_-][A-Za-z0-9._-]*)")
_FOLDER = re.compile(r"[a-z-]+")
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


class LocalFiles:
    """The Files port below `root`. Every verb raises Unavailable when the disk refuses."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def open(self) -> None:
        with _disk_errors():
            await asyncio.to_thread(self._root.mkdir, 0o700, True, True)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def put(self, name: str, content: bytes) -> None:
        folder, file = _parts(name)
        with _disk_errors():
            await asyncio.to_thread(self._write, folder, file, content)

    async def get(self, name: str) -> bytes:
        folder, file = _parts(name)
        try:
            with _disk_errors():
                return await asyncio.to_thread(self._read, folder, file)
        except FileNotFoundError as error:
            raise NotFound(f"there is no file {name}") from error

    async def delete(self, name: str) -> None:
        folder, file = _parts(name)
        with suppress(FileNotFoundError), _disk_errors():
            await asyncio.to_thread(self._remove, folder, file)

    async def list(self, folder: str) -> AsyncIterator[FileInfo]:
        if not _FOLDER.fullmatch(folder):
            raise _bad_name(folder, "lower-case letters and dashes")
        try:
            with _disk_errors():
                found = await asyncio.to_thread(self._scan, folder)
        except FileNotFoundError:
            return
        for info in found:
            yield info

    def _write(self, folder: str, file: str, content: bytes) -> None:
        with suppress(FileExistsError):
            os.mkdir(self._root / folder, 0o700)
            _flush_folder(self._root)
        # A leading dot is no name of ours: a half-written file is never listed or read.
        draft = f".{secrets.token_hex(8)}"
        with self._opened(folder) as at:
            try:
                self._write_draft(at, draft, content)
                os.rename(draft, file, src_dir_fd=at, dst_dir_fd=at)
            except BaseException:
                with suppress(OSError):
                    os.unlink(draft, dir_fd=at)
                raise
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

    def _scan(self, folder: str) -> Sequence[FileInfo]:
        with self._opened(folder) as at, os.scandir(at) as entries:
            found = []
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        found.append((status.st_mtime_ns, f"{folder}/{entry.name}", status.st_size))
        return [
            FileInfo(name, size, datetime.fromtimestamp(modified / 1e9, UTC))
            for modified, name, size in sorted(found, reverse=True)
        ]

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


def _parts(name: str) -> tuple[str, str]:
    found = _NAME.fullmatch(name)
    if found is None:
        raise _bad_name(name, "folder/name.ext")
    return found[1], found[2]


def _bad_name(name: str, expected: str) -> InvalidInput:
    fault = FieldError(parameter="name", expected=expected, got=name[:80])
    return InvalidInput("the file name is not of our form", errors=[fault])


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unavailable(f"the disk refused ({os.strerror(error.errno or 0)})") from error
