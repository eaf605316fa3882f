"""Cuts JSON into records without reading it whole: one a line (NDJSON), or one an array element.

The array is not parsed but scanned: outside strings only brackets, commas and quotes matter, so
the end of each element is found at the speed of a regular expression, and only then is the element
parsed. A faulty element between two sound ones is thereby one fault. Memory is one record; of a
record that is too long nothing is kept but its line.

NDJSON: https://github.com/ndjson/ndjson-spec; JSON: RFC 8259.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

from sources import base
from sources.base import RECORD_MAX_BYTES, Parsed
from sources.validation import Fields, parsed, shown

Read = Callable[[dict[str, Any]], Fields]
"""An object of the format -> the fields of `Given`. Raises nothing, whatever the values are."""

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
_TURN = re.compile(rb'["\[\]{},]')
_STRING_TURN = re.compile(rb'["\\]')
_SOLID = re.compile(rb"[^ \t\r\n]")


def record(line: int, raw: bytes, read: Read) -> Parsed:
    """One JSON object as a posting."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        fault = base.rejected(line, "", "a JSON object", error.msg)
        return Parsed(line, None, (fault.errors[0].model_copy(update={"position": error.pos}),))
    if not isinstance(value, dict):
        return base.rejected(line, "", "a JSON object", shown(value))
    return parsed(line, read(value))


def too_long(line: int) -> Parsed:
    return base.rejected(line, "", f"a record of at most {RECORD_MAX_BYTES} bytes", "a longer one")


class LinesParser:
    """NDJSON: blank lines are passed over, a faulty line costs nothing but itself. A document that
    has nothing but blank lines is broken: nobody means to send it."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._buffer = bytearray()
        self._line = 1
        self._skipping = False
        self._empty = True

    def feed(self, data: bytes) -> list[Parsed]:
        searched = len(self._buffer)
        self._buffer += data
        found: list[Parsed] = []
        start = 0
        while (end := self._buffer.find(b"\n", max(start, searched))) >= 0:
            found += self._finish(bytes(self._buffer[start:end]))
            start = end + 1
        del self._buffer[:start]
        if len(self._buffer) > RECORD_MAX_BYTES:
            self._buffer.clear()
            self._skipping = True
        return found

    def close(self) -> list[Parsed]:
        last = bytes(self._buffer)
        self._buffer.clear()
        found = self._finish(last)
        if self._empty:
            return [base.broken(1, "a JSON object a line", "an empty file")]
        return found

    def _finish(self, raw: bytes) -> list[Parsed]:
        line, self._line = self._line, self._line + 1
        if self._skipping or len(raw) > RECORD_MAX_BYTES:
            self._skipping = self._empty = False
            return [too_long(line)]
        raw = raw.removeprefix(_BOM) if line == 1 else raw
        if not raw.strip(_BLANK):
            return []
        self._empty = False
        return [record(line, raw, self._read)]


class ArrayParser:
    """A JSON array, element by element.

    `_buffer` holds the current element and what follows it; `_at` is where scanning goes on.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._buffer = bytearray()
        self._at = 0
        self._line = 1
        self._depth = 0
        self._in_string = False
        self._too_long_from: int | None = None
        self._elements = 0
        self._state = "before"

    def feed(self, data: bytes) -> list[Parsed]:
        found: list[Parsed] = []
        if self._state == "broken":
            return found
        self._buffer += data
        if self._state == "before":
            found += self._open()
        if self._state == "inside":
            self._scan(found)
            self._bound()
        if self._state == "after":
            found += self._beyond()
        return found

    def close(self) -> list[Parsed]:
        if self._state in ("after", "broken"):
            return []
        self._skip_blank()
        self._state = "broken"
        return [base.broken(self._line, "a JSON array closed by ]", "the end of the file")]

    def _open(self) -> list[Parsed]:
        if len(self._buffer) < len(_BOM) and _BOM.startswith(bytes(self._buffer)):
            return []
        if self._buffer.startswith(_BOM):
            del self._buffer[: len(_BOM)]
        self._skip_blank()
        if not self._buffer:
            return []
        if self._buffer[:1] != b"[":
            self._state = "broken"
            got = shown(self._buffer[:20].decode("latin-1"))
            return [base.broken(self._line, "a JSON array", got)]
        del self._buffer[:1]
        self._state = "inside"
        return []

    def _scan(self, found: list[Parsed]) -> None:
        """Find the ends of elements from `_at` on; consumed bytes are dropped once, at the end."""
        start = 0
        while True:
            turn = (_STRING_TURN if self._in_string else _TURN).search(self._buffer, self._at)
            if turn is None:
                self._at = len(self._buffer)
                break
            mark = turn[0]
            if mark == b"\\":
                if turn.end() == len(self._buffer):
                    self._at = turn.start()
                    break
                self._at = turn.end() + 1
                continue
            self._at = turn.end()
            if mark == b'"':
                self._in_string = not self._in_string
            elif mark in (b"[", b"{"):
                self._depth += 1
            elif self._depth:
                self._depth -= mark in (b"]", b"}")
            elif mark in (b",", b"]"):
                found += self._element(start, turn.start(), last=mark == b"]")
                start = self._at
                if self._state == "after":
                    break
        del self._buffer[:start]
        self._at -= start

    def _element(self, start: int, end: int, *, last: bool) -> list[Parsed]:
        raw = bytes(self._buffer[start:end])
        solid = _SOLID.search(raw)
        line = self._line + raw.count(b"\n", 0, solid.start() if solid else len(raw))
        self._line += raw.count(b"\n")
        self._elements += 1
        too_long_from, self._too_long_from = self._too_long_from, None
        if last:
            self._state = "after"
        if too_long_from is not None or len(raw) > RECORD_MAX_BYTES:
            return [too_long(too_long_from or line)]
        if solid is None:
            empty = last and self._elements == 1
            return [] if empty else [base.rejected(line, "", "a JSON object", "nothing")]
        return [record(line, raw, self._read)]

    def _bound(self) -> None:
        """Forget the text of an element that is too long, but not where it began."""
        if self._state != "inside" or len(self._buffer) <= RECORD_MAX_BYTES:
            return
        if self._too_long_from is None:
            self._skip_blank()
            self._too_long_from = self._line
        self._line += self._buffer.count(b"\n", 0, self._at)
        del self._buffer[: self._at]
        self._at = 0

    def _beyond(self) -> list[Parsed]:
        self._skip_blank()
        if not self._buffer:
            return []
        self._state = "broken"
        return [base.broken(self._line, "nothing after the array", "more text")]

    def _skip_blank(self) -> None:
        solid = _SOLID.search(self._buffer)
        end = solid.start() if solid else len(self._buffer)
        self._line += self._buffer.count(b"\n", 0, end)
        del self._buffer[:end]
        self._at = max(0, self._at - end)
