"""Content codings: the body as it was before it was compressed (RFC 9110, 8.4).

What a server calls *deflate* is zlib data as it should be, or the bare deflate data within; what it
calls *gzip* may have several members. Which it is the first bytes tell. It is decompressed in
bounded steps, so that a small answer cannot grow past the limit, in whichever member.
"""

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from backends.fetch.base import FetchFailed
from sources.formats.gunzip import MAGIC, Members

IDENTITY = "identity"
ACCEPTED = "gzip, deflate"
_DEFLATE = "deflate"
_COMPRESSED = frozenset({"gzip", "x-gzip", _DEFLATE})
_STEP = 1 << 18
"""Bytes decompressed at once."""


async def unpacked(raw: AsyncIterator[bytes], encoding: str, limit: int) -> AsyncIterator[bytes]:
    """The body in this content coding, of at most `limit` bytes, packed and unpacked. Raises
    FetchFailed for a coding that was not asked for, a body that is not in it, is cut, or is
    larger."""
    encoding = encoding.strip().lower()
    if encoding != IDENTITY and encoding not in _COMPRESSED:
        raise FetchFailed(f"the answer is encoded as {encoding[:40]}, which was not asked for")
    inflate = None if encoding == IDENTITY else _Inflate(bare=encoding == _DEFLATE)
    came = size = 0
    async for packed in raw:
        came += len(packed)
        for piece in (packed,) if inflate is None else inflate.unpacked(packed):
            size += len(piece)
            if max(size, came) > limit:
                raise FetchFailed(f"the answer is larger than {limit} bytes")
            yield piece
    if inflate is not None and not inflate.is_whole:
        raise FetchFailed("the compressed answer is cut")


class _Container(Protocol):
    @property
    def is_whole(self) -> bool: ...

    def unpacked(self, packed: bytes) -> Iterator[bytes]: ...


class _Inflate:
    """Compressed data in the container that its first two bytes tell; `bare`: it may have none."""

    def __init__(self, *, bare: bool) -> None:
        self._bare = bare
        self._held = b""
        self._container: _Container | None = None

    @property
    def is_whole(self) -> bool:
        return self._container is not None and self._container.is_whole

    def unpacked(self, packed: bytes) -> Iterator[bytes]:
        """Raises FetchFailed."""
        if self._container is None:
            packed = self._held + packed
            if len(packed) < len(MAGIC):
                self._held = packed
                return
            self._container = self._told_by(packed)
        try:
            yield from self._container.unpacked(packed)
        except zlib.error as error:
            raise FetchFailed(f"the answer cannot be unpacked: {error}") from error

    def _told_by(self, head: bytes) -> _Container:
        if head.startswith(MAGIC):
            return Members()
        # RFC 1950, 2.2: method 8, and a multiple of 31. Encoders of bare data never begin so.
        is_zlib = head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
        return _Deflate(-zlib.MAX_WBITS if self._bare and not is_zlib else zlib.MAX_WBITS)


class _Deflate:
    """One zlib or bare deflate stream; what follows its end is dropped."""

    def __init__(self, window_bits: int) -> None:
        self._inflate = zlib.decompressobj(window_bits)

    @property
    def is_whole(self) -> bool:
        return self._inflate.eof

    def unpacked(self, packed: bytes) -> Iterator[bytes]:
        full = bool(packed)
        while full and not self._inflate.eof:
            piece = self._inflate.decompress(packed, _STEP)
            packed = self._inflate.unconsumed_tail
            # Bare data has nothing behind it, so what is left may all be within zlib.
            full = bool(packed) or len(piece) == _STEP
            yield piece
