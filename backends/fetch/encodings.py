"""Content codings: the body as it was before it was compressed (RFC 9110, 8.4).

It is decompressed in bounded steps, so that a small answer cannot grow past the limit.
"""

import zlib
from collections.abc import AsyncIterator, Iterator

from backends.fetch.base import FetchFailed

IDENTITY = "identity"
ACCEPTED = "gzip, deflate"
_COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 47
"""zlib's window bits for both containers, told apart by their header."""
_STEP = 1 << 18
"""Bytes decompressed at once."""


async def unpacked(raw: AsyncIterator[bytes], encoding: str, limit: int) -> AsyncIterator[bytes]:
    """The body in this content coding, of at most `limit` bytes decompressed. Raises FetchFailed
    for a coding that was not asked for, a body that is not in it, is cut, or is larger."""
    encoding = encoding.strip().lower()
    if encoding != IDENTITY and encoding not in _COMPRESSED:
        raise FetchFailed(f"the answer is encoded as {encoding[:40]}, which was not asked for")
    inflate = None if encoding == IDENTITY else zlib.decompressobj(_GZIP_OR_ZLIB)
    size = 0
    async for packed in raw:
        for piece in (packed,) if inflate is None else _inflated(inflate, packed):
            size += len(piece)
            if size > limit:
                raise FetchFailed(f"the answer is larger than {limit} bytes")
            yield piece
    if inflate is not None and not inflate.eof:
        raise FetchFailed("the compressed answer is cut")


def _inflated(inflate: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    while packed:
        try:
            piece = inflate.decompress(packed, _STEP)
        except zlib.error as error:
            raise FetchFailed(f"the answer cannot be unpacked: {error}") from error
        packed = inflate.unconsumed_tail
        yield piece
