"""Answers that are gzip files: unpacked as they come, and never without end."""

import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.formats import gunzip
from sources.formats.gunzip import Gunzip
from tests.examples import examples


def unpacked(body: bytes, piece: int) -> tuple[bytes, Gunzip]:
    reader = Gunzip()
    pieces = [
        part for at in range(0, len(body), piece) for part in reader.feed(body[at : at + piece])
    ]
    reader.close()
    return b"".join(pieces), reader


@given(st.binary(min_size=2, max_size=300), st.integers(1, 400), st.booleans())
@settings(max_examples=examples(100), deadline=None)
def test_what_is_packed_is_unpacked_and_the_rest_passes(
    body: bytes, piece: int, pack: bool
) -> None:
    if body.startswith(b"\x1f\x8b"):
        return
    found, reader = unpacked(gzip.compress(body) if pack else body, piece)
    assert (found, reader.fault) == (body, None)


def test_a_bomb_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunzip, "ANSWER_MAX_BYTES", 1_000_000)
    found, reader = unpacked(gzip.compress(b"\0" * 50_000_000), 1 << 16)
    assert len(found) <= 1_000_000
    assert reader.fault is not None
    assert reader.fault.broken
    assert list(reader.feed(b"more")) == []


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"x" * 999)[:-9], b"\x1f\x8bnonsense", b"\x1f\x8b", gzip.compress(b"")[:12]],
    ids=["no end", "no gzip", "its mark alone", "its head alone"],
)
def test_a_cut_or_wrong_file_is_a_fault(body: bytes) -> None:
    _, reader = unpacked(body, 7)
    assert reader.fault is not None
    assert reader.fault.errors[0].expected == "gzip data"


@given(
    st.lists(st.binary(max_size=300), min_size=1, max_size=5),
    st.integers(1, 400),
    st.sampled_from([b"", b"trailing", b"\1"]),
)
@settings(max_examples=examples(200), deadline=None)
def test_several_members_are_one_file(parts: list[bytes], piece: int, rest: bytes) -> None:
    packed = b"".join(map(gzip.compress, parts)) + b"\0" * len(rest) + rest
    found, reader = unpacked(packed, piece)
    assert (found, reader.fault) == (b"".join(parts), None)


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_a_further_member_that_is_cut_or_wrong_is_a_fault(piece: int) -> None:
    whole = gzip.compress(b"first")
    for rest in (whole[:-1], whole[:1], whole[:2], whole[:-8] + b"wrong sum"[:8]):
        found, reader = unpacked(whole + rest, piece)
        assert found.startswith(b"first")
        assert reader.fault is not None, rest


@pytest.mark.parametrize("bomb", [gzip.compress(b"\0" * 50_000_000), gzip.compress(b"") * 100_000])
def test_a_bomb_in_further_members_ends_at_the_limit(
    monkeypatch: pytest.MonkeyPatch, bomb: bytes
) -> None:
    monkeypatch.setattr(gunzip, "ANSWER_MAX_BYTES", 1_000_000)
    found, reader = unpacked(gzip.compress(b"first") + bomb, 1 << 16)
    assert len(found) <= 1_000_000
    assert reader.fault is not None
    assert reader.fault.errors[0].got == "a longer one"


def test_zlib_data_without_the_container_passes() -> None:
    body = zlib.compress(b"abc")
    assert unpacked(body, 3)[0] == body
