"""CSV (RFC 4180) whose header names our fields.

The bytes are cut into records first, by quotes and line ends alone, so that memory is one record
and each record is decoded and read by itself. Columns: the fields of `Given`; `location` for a
single place; `salary_min`, `salary_max`, `salary_currency`, `salary_period`. Several locations,
skills or remote_countries stand in one cell, split by "|" or ";". The delimiter is the one of
comma, semicolon and tab that the header uses; text is UTF-8, and where it is not, Windows-1252.

Spreadsheets run cells that begin with "=". Such a cell is refused; the apostrophe that careful
exporters put before a cell beginning with = + - @ is taken away again.
"""

import csv
import re
from typing import Any

from sources import base
from sources.base import RECORD_MAX_BYTES, Parsed
from sources.validation import Fields, parsed, shown

_BOM = b"\xef\xbb\xbf"
_NEWLINE, _QUOTE = b'\n"'
_SALARY = ("min", "max", "currency", "period")
_LISTS = frozenset({"locations", "skills", "remote_countries"})
_PLAIN = frozenset(
    {
        *("title", "description", "company", "location", "mode", "employment_type", "level"),
        *("category", "url", "apply_url", "external_id", "posted_at", "closes_at"),
    }
)
COLUMNS = _PLAIN | _LISTS | {f"salary_{part}" for part in _SALARY}
_REQUIRED = ("title", "company")
_DELIMITERS = ",;\t"
_SPLIT = re.compile(r"[|;]")
_GUARDED = re.compile(r"'(?=[=+\-@])")


def _turns(delimiters: str) -> re.Pattern[bytes]:
    """A line end, or a quote that opens a cell: only one at its very begin does."""
    return re.compile(rb'\n|(?:\A|(?<=[\n%s]))"' % delimiters.encode())


class _Faulty(Exception):
    """The header or a row cannot be used: what was expected and what was found."""

    def __init__(self, pointer: str, expected: str, got: str) -> None:
        super().__init__(expected)
        self.pointer, self.expected, self.got = pointer, expected, got


class CsvParser:
    """`_at` is where scanning goes on in `_buffer`, which begins with the current record."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._quoted = False
        self._line = 1
        self._delimiter = ","
        self._turns = _turns(_DELIMITERS)
        self._header: list[str] | None = None
        self._broken = False

    def feed(self, data: bytes) -> list[Parsed]:
        found: list[Parsed] = []
        if self._broken:
            return found
        self._buffer += data
        if self._header is None and _BOM.startswith(bytes(self._buffer[: len(_BOM)])):
            if len(self._buffer) < len(_BOM):
                return found
            del self._buffer[: len(_BOM)]
        self._scan(found)
        if len(self._buffer) > RECORD_MAX_BYTES and not self._broken:
            found.append(self._end("a record of at most 1 MiB: a quote may not be closed"))
        return found

    def close(self) -> list[Parsed]:
        if self._broken:
            return []
        if self._quoted and self._buffer[self._at :] != b'"':
            return [self._end("a closing quote", "the end of the file")]
        found = self._finish(bytes(self._buffer))
        if self._header is None and not self._broken:
            self._line = 1
            found.append(self._end("a header line with column names", "an empty file"))
        return found

    def _end(self, expected: str, got: str = "a longer one") -> Parsed:
        self._broken = True
        self._buffer.clear()
        return base.broken(self._line, expected, got)

    def _scan(self, found: list[Parsed]) -> None:
        """Cut off the complete records; what they took is dropped once, at the end."""
        start = 0
        while not self._broken and self._advance():
            if self._buffer[self._at - 1] == _NEWLINE and not self._quoted:
                found += self._finish(bytes(self._buffer[start : self._at - 1]))
                start = self._at
        del self._buffer[:start]
        self._at = max(0, self._at - start)

    def _advance(self) -> bool:
        """Go past the next quote or line end that matters; False where more bytes are needed.
        In a quoted cell a quote closes it, unless it is doubled."""
        if self._quoted:
            end = self._buffer.find(b'"', self._at)
            self._at = len(self._buffer) if end < 0 else end
            if self._at >= len(self._buffer) - 1:
                return False
            doubled = self._buffer[end + 1] == _QUOTE
            self._at, self._quoted = end + 1 + doubled, doubled
            return True
        turn = self._turns.search(self._buffer, self._at)
        self._at = turn.end() if turn else len(self._buffer)
        self._quoted = turn is not None and turn[0] == b'"'
        return turn is not None

    def _finish(self, raw: bytes) -> list[Parsed]:
        line = self._line
        self._line += raw.count(b"\n") + 1
        text = _decoded(raw).removesuffix("\r")
        if not text.strip():
            return []
        try:
            if self._header is None:
                self._read_header(text)
                return []
            return [parsed(line, self._fields(self._cells(text)))]
        except _Faulty as fault:
            if self._header is None:
                self._line = line
                return [self._end(fault.expected, fault.got)]
            return [base.rejected(line, fault.pointer, fault.expected, fault.got)]

    def _read_header(self, text: str) -> None:
        self._delimiter = max(_DELIMITERS, key=text.count)
        self._turns = _turns(self._delimiter)
        names = [cell.strip().lower().replace(" ", "_") for cell in self._cells(text)]
        for name in names:
            if name not in COLUMNS:
                raise _Faulty("", f"columns among {', '.join(sorted(COLUMNS))}", shown(name))
            if names.count(name) > 1:
                raise _Faulty("", "each column once", shown(name))
        for name in _REQUIRED:
            if name not in names:
                raise _Faulty("", f"a column {name}", f"columns {', '.join(names)}")
        self._header = names

    def _cells(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            raise _Faulty("", "a CSV record", str(error)) from error

    def _fields(self, cells: list[str]) -> Fields:
        header = self._header or []
        if len(cells) > len(header):
            raise _Faulty("", f"at most {len(header)} cells", f"{len(cells)} cells")
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        for name, cell in row.items():
            if cell.startswith("="):
                raise _Faulty(f"/{name}", "a value, not a formula", shown(cell))
        return _composed({name: _GUARDED.sub("", cell, 1) for name, cell in row.items() if cell})


def _composed(row: dict[str, str]) -> Fields:
    """The fields of a row: lists split, the salary put together, empty cells left out."""
    fields: dict[str, Any] = {name: cell for name, cell in row.items() if name in _PLAIN}
    for name in _LISTS & row.keys():
        fields[name] = [part.strip() for part in _SPLIT.split(row[name]) if part.strip()]
    if "location" in fields:
        fields["locations"] = [fields.pop("location"), *fields.get("locations", ())]
    salary = {part: row[f"salary_{part}"] for part in _SALARY if f"salary_{part}" in row}
    return {**fields, "salary": salary} if salary else fields


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
