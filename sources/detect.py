"""Which format a document has, by its content type, else its name, and always its first bytes.

The content type names the family; within a family (our JSON or open-jobs, Indeed XML or a feed)
the first bytes decide. What they cannot be is refused here, with what was expected.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from models.errors import FieldError, InvalidInput, UnsupportedMediaType
from sources.base import Parser
from sources.formats import api_json, indeed, open_jobs, rss
from sources.formats.csv import CsvParser

HEAD_BYTES = 4096
"""How much of a document `detect` wants to see; less is fine where there is no more."""


class Format(StrEnum):
    NDJSON = "ndjson"
    JSON = "json"
    OPEN_JOBS = "open_jobs"
    CSV = "csv"
    INDEED = "indeed"
    RSS = "rss"


CONTENT_TYPES: Mapping[str, str] = {
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json": "json",
    "text/csv": "csv",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/rss+xml": "xml",
    "application/atom+xml": "xml",
}
_NO_STATEMENT = frozenset({"", "application/octet-stream", "text/plain"})
_ENDINGS: Mapping[str, str] = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".csv": "csv",
    ".xml": "xml",
    ".rss": "xml",
    ".atom": "xml",
}
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ROOTS = {b"source": Format.INDEED, b"jobs": Format.INDEED, b"rss": Format.RSS}
_ROOTS |= {b"feed": Format.RSS, b"RDF": Format.RSS}
_ANY_FAMILY = "NDJSON, JSON, CSV or XML"
_BINARY = {
    b"\x1f\x8b": "gzip data",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet file",
    b"\xd0\xcf\x11\xe0": "a document of an old office program",
    b"%PDF-": "a PDF file",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
}
"""What files begin with that are sent by mistake, in words."""
_PARSERS: Mapping[Format, Callable[[], Parser]] = {
    Format.NDJSON: api_json.lines_parser,
    Format.JSON: api_json.array_parser,
    Format.OPEN_JOBS: open_jobs.array_parser,
    Format.CSV: CsvParser,
    Format.INDEED: indeed.xml_parser,
    Format.RSS: rss.xml_parser,
}


def make_parser(format_: Format) -> Parser:
    """A new parser for one document."""
    return _PARSERS[format_]()


def detect(head: bytes, name: str, content_type: str | None) -> Format:
    """The format of the document that begins with `head`. Raises UnsupportedMediaType for a content
    type that is none of ours, InvalidInput for content that is not what it should be."""
    stated = _stated_family(name, content_type)
    _refuse_binary(head, stated)
    family = stated or _sniffed(head)
    if family == "json":
        return Format.OPEN_JOBS if b'"jobId"' in head and b'"platform"' in head else Format.JSON
    return _xml_format(head) if family == "xml" else Format(family)


def _stated_family(name: str, content_type: str | None) -> str | None:
    stated = (content_type or "").partition(";")[0].strip().lower()
    if stated in CONTENT_TYPES:
        return CONTENT_TYPES[stated]
    if stated not in _NO_STATEMENT:
        expected = ", ".join(sorted(CONTENT_TYPES))
        raise UnsupportedMediaType(
            f"postings are read from {expected}",
            errors=[FieldError(parameter="Content-Type", expected=expected, got=stated[:100])],
        )
    ending = next((e for e in _ENDINGS if name.lower().endswith(e)), None)
    return _ENDINGS[ending] if ending else None


def _sniffed(head: bytes) -> str:
    match head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]:
        case b"[":
            return "json"
        case b"{":
            return "ndjson"
        case b"<":
            return "xml"
        case _:
            return "csv"


def _refuse_binary(head: bytes, family: str | None) -> None:
    got = next((what for magic, what in _BINARY.items() if head.startswith(magic)), None)
    if got is None and family != "xml" and b"\0" in head:
        got = "UTF-16 text or binary data"
    if got is not None:
        form = family.upper() if family else _ANY_FAMILY
        raise _wrong(f"{form} in UTF-8, not packed", got)


def _xml_format(head: bytes) -> Format:
    root = _ROOT.search(head.replace(b"\0", b""))
    found = root[1] if root else b""
    if found in _ROOTS:
        return _ROOTS[found]
    page = found.lower() == b"html" or b"<!doctype html" in head.lower()
    got = "an HTML page" if page else f"<{found.decode('latin-1')[:50]}>" if root else "no element"
    raise _wrong("Indeed XML (<source>), RSS or Atom", got if head.strip() else "an empty file")


def _wrong(expected: str, got: str) -> InvalidInput:
    return InvalidInput(
        f"expected {expected}, got {got}",
        errors=[FieldError(pointer="", line=1, expected=expected, got=got)],
    )
