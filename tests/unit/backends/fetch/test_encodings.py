"""Content codings as servers send them: every container, cut anywhere, in pieces of any size."""

import gzip
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest

from backends.fetch.base import FetchFailed
from backends.fetch.encodings import unpacked

STEP = 1 << 18


def bare(body: bytes) -> bytes:
    """Deflate data without a container."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def members(body: bytes) -> bytes:
    half = len(body) // 2
    return gzip.compress(body[:half]) + gzip.compress(b"") + gzip.compress(body[half:])


PACKED: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("x-gzip", members),
    (" GZIP ", zlib.compress),
    ("deflate", zlib.compress),
    ("deflate", bare),
    ("deflate", gzip.compress),
]


async def in_pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def read(body: bytes, coding: str, *, limit: int = 1 << 22, size: int = 1 << 16) -> bytes:
    return b"".join([piece async for piece in unpacked(in_pieces(body, size), coding, limit)])


@pytest.mark.parametrize("coding, pack", PACKED)
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
async def test_every_container(coding: str, pack: Callable[[bytes], bytes], size: int) -> None:
    for body in (b"x", bytes(range(256)) * 4, b"hello " * 900):
        assert await read(pack(body), coding, size=size) == body


@pytest.mark.parametrize("length", [STEP - 1, STEP, STEP + 1, 3 * STEP])
@pytest.mark.parametrize("coding, pack", PACKED)
async def test_a_body_as_long_as_a_step(
    coding: str, pack: Callable[[bytes], bytes], length: int
) -> None:
    assert len(await read(pack(b"\0" * length), coding)) == length


@pytest.mark.parametrize("coding, pack", PACKED[1:])
async def test_a_cut_body_is_told_wherever_it_is_cut(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(b"hello world")
    whole = {len(gzip.compress(b"hello")), len(gzip.compress(b"hello") + gzip.compress(b""))}
    for end in range(len(packed)):
        if pack is members and end in whole:
            continue  # some of the members, and nothing tells that there are more
        with pytest.raises(FetchFailed, match="cut"):
            await read(packed[:end], coding)


@pytest.mark.parametrize(
    "bomb",
    [
        ("gzip", gzip.compress(b"first") + gzip.compress(b"\0" * 50_000_000)),
        ("gzip", gzip.compress(b"") * 60_000),
        ("deflate", bare(b"\0" * 50_000_000)),
        ("deflate", zlib.compress(b"\0" * 50_000_000)),
    ],
)
async def test_a_bomb_ends_at_the_limit(bomb: tuple[str, bytes]) -> None:
    coding, body = bomb
    came: Counter[str] = Counter()
    with pytest.raises(FetchFailed, match="larger than 1000000 bytes"):
        await measure(unpacked(in_pieces(body, 1 << 16), coding, 1_000_000), came)
    assert came["bytes"] <= 1_000_000


async def measure(chunks: AsyncIterator[bytes], came: Counter[str]) -> None:
    async for piece in chunks:
        came["bytes"] += len(piece)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_what_is_in_no_container_is_refused(coding: str) -> None:
    with pytest.raises(FetchFailed, match="cannot be unpacked"):
        await read(b"hello, this is text", coding)
