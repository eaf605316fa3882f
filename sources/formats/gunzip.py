"""Gzip data, unpacked in bounded steps: an answer that is a gzip file (`sitemap.xml.gz`).

Such a file has one member or several, one after the other, which together are its content; zeros
may follow, and what else follows is dropped, as gzip itself does (RFC 1952, 2.2). Fetching undoes
what a server says it packed (`Content-Encoding`); `Gunzip` is for what is packed by itself. However
small it arrives, no more than ANSWER_MAX_BYTES come out, of all its members together.
"""

import zlib
from collections.abc import Iterator

from sources.base import Parsed, broken
from sources.platform import ANSWER_MAX_BYTES

MAGIC = b"\x1f\x8b"
_GZIP_ONLY = 31
"""zlib's window bits for that container."""
_STEP_BYTES = 1 << 18


class Members:
    """The content of a gzip file that arrives in pieces."""

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj(_GZIP_ONLY)
        self._between = b""
        self._ended = False

    @property
    def is_whole(self) -> bool:
        """Whether what has come so far may be the whole file."""
        return self._ended or (self._unpack.eof and not self._between)

    def unpacked(self, packed: bytes) -> Iterator[bytes]:
        """What these bytes unpack to, in steps; some may be empty. Raises zlib.error."""
        while packed and not self._ended:
            if self._unpack.eof:
                packed = self._next(packed)
                continue
            yield self._unpack.decompress(packed, _STEP_BYTES)
            packed = self._unpack.unused_data or self._unpack.unconsumed_tail

    def _next(self, after: bytes) -> bytes:
        """What is left to unpack behind a member: another one, or nothing."""
        after = (self._between + after).lstrip(b"\0")
        self._between = after if MAGIC.startswith(after) and after != MAGIC else b""
        if self._between or not after:
            return b""
        self._ended = not after.startswith(MAGIC)
        if not self._ended:
            self._unpack = zlib.decompressobj(_GZIP_ONLY)
        return after


class Gunzip:
    """Passes on what is not gzip. After a `fault` nothing more comes."""

    def __init__(self) -> None:
        self.fault: Parsed | None = None
        self._held = b""
        self._packed: bool | None = None
        self._members = Members()
        self._came = self._size = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that these bytes unpack to; none until it is known whether they are gzip."""
        if self._packed is None:
            data = self._held + data
            if len(data) < len(MAGIC):
                self._held = data
                return
            self._packed = data.startswith(MAGIC)
        if self.fault is not None:
            return
        self._came += len(data)
        try:
            for piece in self._members.unpacked(data) if self._packed else (data,):
                self._size += len(piece)
                if max(self._size, self._came) > ANSWER_MAX_BYTES:
                    limit = f"an answer of at most {ANSWER_MAX_BYTES} bytes"
                    self.fault = broken(1, limit, "a longer one")
                    return
                if piece:
                    yield piece
        except zlib.error as error:
            self.fault = broken(1, "gzip data", str(error))

    def close(self) -> None:
        if self._packed and not self._members.is_whole and self.fault is None:
            self.fault = broken(1, "gzip data", "its end is missing")
