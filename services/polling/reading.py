"""One answer: read while it arrives, and compared with the last one.

An answer that is the same again (304, or the same bytes, for few boards honour conditional
requests) need not be parsed; the bytes of a short one are kept until that is known.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from backends.fetch.base import Answer
from sources.base import Parsed
from sources.platform import Board, Platform, Reader, Request

_KEPT_BYTES = 4 * 1024 * 1024
"""The longest answer that is compared with the last one before it is parsed."""
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells that an answer is the same as the last one."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


NONE = Validators()


def validators(answer: Answer, digest: str | None, before: Validators) -> Validators:
    """Those of this answer; a 304 may leave them out, and those of the full answer stay good."""
    if answer.not_modified:
        etag, modified = answer.etag or before.etag, answer.last_modified or before.last_modified
        return Validators(etag, modified, before.body_hash)
    return Validators(answer.etag, answer.last_modified, digest)


async def kept(answer: Answer) -> tuple[AsyncIterator[bytes], str | None]:
    """The body, and its SHA-256 where it is short enough to be kept for a moment."""
    held, size, ended = [], 0, True
    async for chunk in answer.chunks:
        held.append(chunk)
        size += len(chunk)
        if size > _KEPT_BYTES:
            ended = False
            break

    async def chunks() -> AsyncIterator[bytes]:
        while held:
            yield held.pop(0)
        async for chunk in answer.chunks:
            yield chunk

    return chunks(), hashlib.sha256(b"".join(held)).hexdigest() if ended else None


def reader_of(platform: Platform, board: Board, request: Request, answer: Answer) -> Reader:
    """The platform's reader of this answer, told what its headers say that it is."""
    return platform.reader(board, replace(request, content_type=answer.content_type))


async def records_of(reader: Reader, chunks: AsyncIterator[bytes]) -> AsyncIterator[list[Parsed]]:
    """The records of an answer while it arrives, letting others run in between. What is read only
    when it is whole is read in a thread: it may take seconds."""
    async for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            if parsed := reader.feed(chunk[start : start + _PIECE]):
                yield parsed
            await asyncio.sleep(0)
    yield await asyncio.to_thread(reader.close)


def fault_of(record: Parsed) -> str:
    """What is wrong with this record, for a person."""
    fault = record.errors[0]
    return f"line {record.line}: expected {fault.expected}, got {fault.got}"
