"""An answer that may be a gzip file (`sitemap.xml.gz`), unpacked in bounded steps.

Fetching undoes what a server says it packed (`Content-Encoding`); this is for what is packed by
itself. However small it arrives, no more than ANSWER_MAX_BYTES come out.
"""

import zlib
from collections.abc import Iterator

from sources.base import Parsed, broken
from sources.platform import ANSWER_MAX_BYTES

_MAGIC = b"\x1f\x8b"
_GZIP_ONLY = 31
"""zlib's window bits for that container."""
_STEP_BYTES = 1 << 18


class Gunzip:
    """Passes on what is not gzip. After a `fault` nothing more comes."""

    def __init__(self) -> None:
        self.fault: Parsed | None = None
        self._held = b""
        self._packed: bool | None = None
        self._unpack = zlib.decompressobj(_GZIP_ONLY)
        self._size = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that these bytes unpack to; none until it is known whether they are gzip."""
        if self._packed is None:
            data = self._held + data
            if len(data) < len(_MAGIC):
                self._held = data
                return
            self._packed = data.startswith(_MAGIC)
        while data and self.fault is None:
            piece, data = self._step(data) if self._packed else (data, b"")
            self._size += len(piece)
            if self._size > ANSWER_MAX_BYTES:
                limit = f"an answer of at most {ANSWER_MAX_BYTES} bytes"
                self.fault = broken(1, limit, "a longer one")
            elif piece:
                yield piece

    def close(self) -> None:
        if self._packed and not self._unpack.eof and self.fault is None:
            self.fault = broken(1, "gzip data", "its end is missing")

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        if self._unpack.eof:
            return b"", b""
        try:
            piece = self._unpack.decompress(data, _STEP_BYTES)
        except zlib.error as error:
            self.fault = broken(1, "gzip data", str(error))
            return b"", b""
        return piece, self._unpack.unconsumed_tail
