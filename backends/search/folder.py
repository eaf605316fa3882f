"""The folder of an index on disk: its format, its owner, and what to do when it is of no use.

The index is only a copy of what the documents say, so it is never repaired: a folder of another
format is emptied, a broken one is moved aside (one is kept, for whoever wants to know why), and the
owner fills the new one. Both the format and the owner are written down beside the index's own
files.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from backends.search.base import Owner

_FORMAT = "format.json"
_OWNER = "owner.json"
_LOCK = ".tantivy-writer.lock"
"""The library's own: whoever writes to the index holds it, by flock."""
Format = dict[str, int | str]


def prepare(folder: Path, format_: Format) -> bool:
    """Make the folder ready for an index of this format; returns whether it was thrown away or is
    new, so that the index is empty. Raises OSError."""
    if _read(folder / _FORMAT) == format_:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write(folder / _FORMAT, format_)
    return True


def owner_of(folder: Path) -> Owner | None:
    """The owner that is written down, if any."""
    match _read(folder / _OWNER):
        case {"store": str(store), "epoch": int(epoch)}:
            return Owner(store, epoch)
        case _:
            return None


def set_owner(folder: Path, owner: Owner) -> None:
    """Write down who owns the index. Durable when it returns. Raises OSError."""
    _write(folder / _OWNER, asdict(owner))


def set_aside(folder: Path) -> Path:
    """Move a broken folder out of the way, over the one that was moved before; returns where to.
    Raises OSError."""
    return _move(folder, "broken")


def discard(folder: Path) -> None:
    """Throw a folder away, in one step: half of an index is never found there. Raises OSError."""
    shutil.rmtree(_move(folder, "discarded"), ignore_errors=True)


def forget_others(folder: Path, keep: Collection[str]) -> list[str]:
    """Delete the subfolders that hold indexes of other generations than those to `keep`, and return
    their names; an index that somebody has open stays, with its generation. Fine where the folder
    is not there. The layout is `folder/GENERATION/SHARD`. Raises OSError."""
    if not folder.is_dir():
        return []
    others = [other for other in folder.iterdir() if other.is_dir() and other.name not in keep]
    return sorted(other.name for other in others if _forget(other))


def _forget(generation: Path) -> bool:
    """Delete its shards one by one, then itself; whether all of it is gone."""
    for shard in generation.iterdir():
        if not _is_open(shard):
            shutil.rmtree(shard, ignore_errors=True)
    with suppress(OSError):
        generation.rmdir()
    return not generation.exists()


def _is_open(shard: Path) -> bool:
    try:
        with (shard / _LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # no index, or half of one
    return False


def _move(folder: Path, suffix: str) -> Path:
    aside = folder.with_name(f"{folder.name}.{suffix}")
    shutil.rmtree(aside, ignore_errors=True)
    os.replace(folder, aside)
    return aside


def _read(file: Path) -> object:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None


def _write(file: Path, content: object) -> None:
    """The file whole or not at all, on disk when this returns."""
    unfinished = file.with_name(f"{file.name}.new")
    with unfinished.open("w") as opened:
        opened.write(json.dumps(content))
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(unfinished, file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
