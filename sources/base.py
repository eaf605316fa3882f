"""What every format offers: bytes go in as they arrive, records come out as they are complete.

A parser is incremental, so that it serves a streamed upload and a file alike in bounded memory:
`feed` returns the records that the bytes so far complete, `close` what is left at the end. It never
raises for what the bytes say. A bad record is reported and the next one is read; where the
document itself cannot be read on (a cut array, XML that is not well-formed) the last `Parsed` is
`broken` and everything before it stands.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from models.errors import FieldError
from models.posting import Given

RECORD_MAX_BYTES = 1 << 20
"""A record longer than this is refused: some ten times the longest description we keep."""

_PIECE = 1 << 16
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def charset_of(content_type: str | None) -> str | None:
    """The encoding that a Content-Type names."""
    stated = _CHARSET.search(content_type or "")
    return stated[1] if stated else None


@dataclass(frozen=True, slots=True)
class Parsed:
    """One record, or what is wrong with it. `line` is the 1-based line where it begins; of a
    `broken` document the line from which on nothing could be read. `external_id` is whose record
    it is, where that could be read of a faulty one: it is there, whatever else it says."""

    line: int
    given: Given | None
    errors: tuple[FieldError, ...] = ()
    broken: bool = False
    external_id: str | None = None


class Parser(Protocol):
    """Reads one document. After a `broken` result it ignores all further bytes."""

    def feed(self, data: bytes) -> list[Parsed]: ...

    def close(self) -> list[Parsed]: ...


def broken(line: int, expected: str, got: str, position: int | None = None) -> Parsed:
    """The document cannot be read from this line on; `position` is a column, from 0.
    The pointer is the whole document's."""
    error = FieldError(pointer="", line=line, position=position, expected=expected, got=got)
    return Parsed(line=line, given=None, errors=(error,), broken=True)


def rejected(
    line: int, pointer: str, expected: str, got: str, *, external_id: str | None = None
) -> Parsed:
    """One record with one fault."""
    error = FieldError(pointer=pointer, expected=expected, got=got)
    return Parsed(line=line, given=None, errors=(error,), external_id=external_id)


def parse(parser: Parser, chunks: Iterable[bytes]) -> Iterator[Parsed]:
    """The records of a document that is at hand, in its order."""
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield from parser.feed(chunk[start : start + _PIECE])
    yield from parser.close()


async def parse_stream(parser: Parser, chunks: AsyncIterable[bytes]) -> AsyncIterator[Parsed]:
    """The records of a document while it arrives, in its order."""
    async for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            for parsed in parser.feed(chunk[start : start + _PIECE]):
                yield parsed
    for parsed in parser.close():
        yield parsed
