"""Snapshots: a percolator's arrays in one file, so that a shard of a million alerts starts at once.

The file is a magic line, a digest of everything behind it (BLAKE2b, RFC 7693), a JSON header, and
the arrays as they lie in memory. A snapshot of another format, or made with another analyzer, other
rates of exchange or other lists of companies, means something else and is not read.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import structlog
from numpy.typing import NDArray

from matching.analyzer import ANALYZER_VERSION
from matching.percolator.segment import ARRAYS, Segment
from reference import companies, money

FORMAT = 3
"""Rises whenever questions, programs or segments are laid out or numbered in another way."""
_MAGIC = b"jobray percolator snapshot     \n"
_DIGEST = 32
_ALIGNED = 64
"""Where each part begins, in bytes; magic and digest fill the first of them."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Contents:
    """`log` are the questions (`Atoms.log`), `yes` how many of `seen` postings said yes to each,
    `seen_ever` those seen in all; `position` is the caller's."""

    position: str
    log: bytes
    yes: NDArray[np.int64]
    seen: int
    seen_ever: int
    segments: tuple[Segment, ...]


def world() -> str:
    """What the arrays depend on beside the alerts."""
    lists = orjson.dumps({name: sorted(keys) for name, keys in companies.LISTS.items()})
    digest = hashlib.blake2b(lists, digest_size=8).hexdigest()
    return f"{FORMAT} {ANALYZER_VERSION} {money.latest_day()} {digest}"


def write(path: Path, contents: Contents) -> None:
    """Write atomically: the file is there whole or not at all, and only for its owner to read, as
    what people look for is nobody else's. Raises OSError."""
    arrays: list[NDArray[Any]] = [np.frombuffer(contents.log, np.uint8), contents.yes]
    for segment in contents.segments:
        arrays += [getattr(segment, name) for name in ARRAYS]
    header = {
        "world": world(),
        "position": contents.position,
        "seen": contents.seen,
        "seen_ever": contents.seen_ever,
        "arrays": [[array.dtype.str, array.shape] for array in arrays],
    }
    head = orjson.dumps(header)
    pieces = [len(head).to_bytes(8, "little"), head, *(array.tobytes() for array in arrays)]
    pieces = list(map(_padded, pieces))
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for piece in pieces:
        digest.update(piece)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    with unfinished.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(_MAGIC + digest.digest())
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def read(path: Path) -> Contents | None:
    """The contents; None where there is no file, or one that is damaged or means something else."""
    try:
        data = np.fromfile(path, np.uint8)
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.warning("snapshot not readable", error=str(error))
        return None
    head, body = data[:_ALIGNED].tobytes(), data[_ALIGNED:]
    if head != _MAGIC + hashlib.blake2b(body.data, digest_size=_DIGEST).digest():
        _log.warning("snapshot damaged")
        return None
    size = int(body[:8].view(np.int64)[0])
    header = orjson.loads(body[_ALIGNED : _ALIGNED + size].tobytes())
    if header["world"] != world():
        _log.info("snapshot of another version", found=header["world"], wanted=world())
        return None
    arrays, at = [], _ALIGNED + size + _padding(size)
    for dtype, shape in header["arrays"]:
        length = int(np.prod(shape)) * np.dtype(dtype).itemsize
        # Views of one writable, aligned array: to the kernel they are what it was compiled for.
        arrays.append(body[at : at + length].view(dtype).reshape(shape))
        at += length + _padding(length)
    log, yes, *rest = arrays
    width = len(ARRAYS)
    parts = [rest[i : i + width] for i in range(0, len(rest), width)]
    segments = tuple(Segment.restored(dict(zip(ARRAYS, part, strict=True))) for part in parts)
    seen, seen_ever = header["seen"], header["seen_ever"]
    return Contents(header["position"], log.tobytes(), yes, seen, seen_ever, segments)


def _padded(data: bytes) -> bytes:
    return data + bytes(_padding(len(data)))


def _padding(size: int) -> int:
    return -size % _ALIGNED
