"""What a platform may answer instead of what it documents: values of any type in any place, items
left out, bytes that end too early. And what must hold whatever it answers.
"""

import copy
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from models.posting import Given
from sources.base import Parsed
from sources.platform import Board, Page, Platform, Request

FEEDS = Path(__file__).parent / "feeds"
PIECE = 1 << 16

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "\0", "\x7f", "x" * 301, "<b>", "&lt;p&gt;", "9999-12-31", "1", "-1"]
    ),
    st.sampled_from(
        [0, -1, 10**15, 1e300, "1e400", "2026-11-21", "http://a b", "https://a.b/\x01"]
    ),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
Place = tuple[str | int, ...]
_TITLES = ("title", "name", "text", "position")


def feed(name: str) -> bytes:
    """A fixture: what the platform documents, with invented companies."""
    return (FEEDS / name).read_bytes()


@st.composite
def answers(draw: st.DrawFn, document: bytes) -> bytes:
    """The JSON document with some of its values replaced by others of any type, or left out."""
    value = copy.deepcopy(orjson.loads(document))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.sampled_from(list(_places(value)) or [()]))
        if not place:
            return orjson.dumps(draw(_VALUES))
        parent = _at(value, place[:-1])
        if draw(st.booleans()):
            parent[place[-1]] = draw(_VALUES)
        else:
            del parent[place[-1]]
    return orjson.dumps(value)


def untitled(document: bytes) -> bytes:
    """The document, JSON or XML, with all that a platform may call a title empty."""
    if document.lstrip().startswith(b"<"):
        return re.sub(rb"<(title|name)>.*?</\1>", rb"<\1></\1>", document, flags=re.DOTALL)
    value = orjson.loads(document)
    for place in list(_places(value)):
        if place and str(place[-1]).removeprefix("Position").lower() in _TITLES:
            _at(value, place[:-1])[place[-1]] = ""
    return orjson.dumps(value)


@st.composite
def mixed(draw: st.DrawFn, document: bytes) -> bytes:
    """The XML document with some of its texts and tags in each other's places."""
    parts = document.decode().replace(">", ">\x1f").replace("<", "\x1f<").split("\x1f")
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(parts) - 1))
        parts[at] = draw(st.sampled_from(parts) | st.text(max_size=10))
    return "".join(parts).encode()


def cut(document: bytes) -> st.SearchStrategy[bytes]:
    """The document without its end."""
    solid = document.rstrip()
    return st.integers(0, len(solid) - 1).map(lambda length: solid[:length])


def read(
    platform: Platform,
    board: Board,
    body: bytes,
    request: Request | None = None,
    piece: int = PIECE,
) -> tuple[list[Parsed], Page]:
    """The records of one answer that arrives in pieces, and what it says beyond them."""
    reader = platform.reader(board, request or platform.start(board))
    found: list[Parsed] = []
    for at in range(0, len(body), piece):
        found += reader.feed(body[at : at + piece])
    found += reader.close()
    return found, reader.rest


def postings(
    platform: Platform, board: Board, body: bytes, request: Request | None = None
) -> list[Given]:
    """The postings of an answer in which nothing is wrong."""
    found, _ = read(platform, board, body, request)
    assert [parsed.errors for parsed in found if parsed.given is None] == []
    return [parsed.given for parsed in found if parsed.given is not None]


def check(
    platform: Platform, board: Board, body: bytes, request: Request | None = None
) -> list[Parsed]:
    """Whatever the answer is: a record is a posting or tells its faults, only the last one may be
    broken, what is asked for next is on the board's host and another page, and how the bytes arrive
    makes no difference."""
    request = request or platform.start(board)
    found, rest = read(platform, board, body, request)
    assert all((parsed.given is None) == bool(parsed.errors) for parsed in found)
    assert not any(parsed.broken for parsed in found[:-1])
    assert all(parsed.line >= 1 for parsed in found)
    following = [*rest.next, *(pending.request for pending in rest.pending)]
    assert all(asked.url.startswith(f"https://{board.host}/") for asked in following)
    assert all(asked.page == request.page + 1 and asked.url != request.url for asked in rest.next)
    assert read(platform, board, body, request, piece=97) == (found, rest)
    return found


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """The way to each value in the document, in its order."""
    yield place
    inside: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for step, inner in inside:
        yield from _places(inner, (*place, step))


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value
