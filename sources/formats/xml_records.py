"""Cuts an XML document into its record elements while it arrives.

expat reads the bytes; only the element of the current record is built, so memory is one record.
A document type declaration is refused at its first byte, and with it every entity that could
expand or reach out (billion laughs, XXE); the names of HTML's own entities (`&nbsp;`), which many
feeds use without declaring them, stand for their characters. Two faults that would cost all the
records after them are mended: white space before the XML declaration, and control characters.

XML 1.0: https://www.w3.org/TR/xml/. Names with a namespace are written `{uri}name`.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from html.entities import html5
from xml.etree.ElementTree import Element, TreeBuilder, tostring
from xml.parsers import expat

from sources import base
from sources.base import RECORD_MAX_BYTES, Parsed
from sources.validation import Fields, parsed

Read = Callable[[Element, Mapping[str, str]], Fields]
"""A record, and the short texts that stood outside records so far, by name -> fields of `Given`."""

_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|<\?xml[^>]{0,200}\bencoding\b")
"""How a document begins that says its encoding itself."""
_PAGE_BEGINS = (b"<!doctype html", b"<html")
_PAGE_HEAD = 20
_ELEMENT_COST = 100
_HEAD_DEPTH = 3
_HEAD_MAX = 300


class _Refused(Exception):
    """The document is well-formed so far, but is not to be read."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected)
        self.expected, self.got = expected, got


class XmlParser:
    """`roots` and `records` are element names; `expected` names the format for a person. `charset`
    is what the HTTP answer says of its encoding, and counts where the document says nothing: of the
    two the document is the one that its author knows (RFC 7303 has it the other way round)."""

    def __init__(
        self,
        *,
        roots: frozenset[str],
        records: frozenset[str],
        expected: str,
        read: Read,
        charset: str | None = None,
    ) -> None:
        self._roots, self._records, self._expected, self._read = roots, records, expected, read
        self._charset = charset
        self._expat = _expat(self)
        self._found: list[Parsed] = []
        self._depth = 0
        self._lines_before = self._fed = 0
        self._begun = self._broken = self._raw = self._page = False
        self._record: TreeBuilder | None = None
        self._record_depth = self._record_line = self._size = 0
        self._head: dict[str, str] = {}
        self._head_name: str | None = None

    def feed(self, data: bytes) -> list[Parsed]:
        return self._parse(self._mended(data), last=False)

    def close(self) -> list[Parsed]:
        return self._parse(b"", last=True)

    def _parse(self, data: bytes, *, last: bool) -> list[Parsed]:
        if self._broken:
            return []
        try:
            if self._page:
                raise _Refused(self._expected, "an HTML page")
            self._expat.Parse(data, last)
            self._fed += len(data)
            # What expat cannot make out yet it keeps, and reads again with each new piece.
            if self._fed - self._expat.CurrentByteIndex > RECORD_MAX_BYTES:
                raise _Refused(f"tags of at most {RECORD_MAX_BYTES} bytes", "a longer one")
        except expat.ExpatError as error:
            got = expat.ErrorString(error.code)
            self._end(error.lineno, "well-formed XML", got, error.offset)
        except _Refused as refusal:
            self._end(self._expat.CurrentLineNumber, refusal.expected, refusal.got)
        found, self._found = self._found, []
        return found

    def _end(self, line: int, expected: str, got: str, position: int | None = None) -> None:
        self._broken = True
        self._record = None
        self._found.append(base.broken(line + self._lines_before, expected, got, position))

    def _mended(self, data: bytes) -> bytes:
        if not self._begun:
            self._raw = data.startswith(_UTF16_MARKS)
            solid = data.lstrip(b" \t\r\n")
            self._lines_before += data.count(b"\n", 0, len(data) - len(solid))
            self._begun = bool(solid)
            if self._charset and solid and not _DECLARED.match(solid) and _reads(self._charset):
                self._expat = _expat(self, self._charset)
            self._page = solid[:_PAGE_HEAD].lower().startswith(_PAGE_BEGINS)
            data = solid
        return data if self._raw else data.translate(None, _CONTROLS)

    def doctype(self, name: str, *_: object) -> None:
        got = "an HTML page" if name.lower() == "html" else "a document type declaration"
        raise _Refused(self._expected, got)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _qualified(name)
        self._depth += 1
        if self._depth == 1 and name not in self._roots:
            raise _Refused(self._expected, "an HTML page" if name == "html" else f"<{name}>")
        if self._record_depth:
            self._grow(_ELEMENT_COST)
        elif name in self._records:
            self._record, self._record_depth, self._size = TreeBuilder(), self._depth, 0
            self._record_line = self._expat.CurrentLineNumber + self._lines_before
        elif self._depth <= _HEAD_DEPTH and name not in self._head:
            self._head_name = name
            self._head[name] = ""
        if self._record:
            self._record.start(name, attributes)

    def text(self, text: str) -> None:
        if self._record_depth:
            self._grow(len(text))
            if self._record:
                self._record.data(text)
        elif self._head_name:
            self._head[self._head_name] = (self._head[self._head_name] + text)[:_HEAD_MAX]

    def entity(self, name: str, is_parameter: bool) -> None:
        self.text(html5.get(f"{name};", f"&{name};"))

    def end(self, name: str) -> None:
        self._head_name = None
        if self._record:
            self._record.end(_qualified(name))
        if self._depth == self._record_depth:
            self._record_depth = 0
            self._found.append(self._finished())
        self._depth -= 1

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > RECORD_MAX_BYTES:
            self._record = None

    def _finished(self) -> Parsed:
        record, self._record = self._record, None
        if record is None:
            limit = f"a record of at most {RECORD_MAX_BYTES} bytes"
            return base.rejected(self._record_line, "", limit, "a longer one")
        return parsed(self._record_line, self._read(record.close(), self._head))


def _expat(target: XmlParser, charset: str | None = None) -> expat.XMLParserType:
    parser = expat.ParserCreate(charset, "}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = target.doctype
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.text
    # With an outer DTD announced, an undeclared entity is told instead of being a fault. It is
    # never loaded: expat leaves parameter entities alone unless asked for them.
    parser.UseForeignDTD(True)
    parser.SkippedEntityHandler = target.entity
    return parser


def _reads(charset: str) -> bool:
    """Whether expat knows it: some of several bytes a character it does not."""
    try:
        expat.ParserCreate(charset).Parse(b"<a/>", True)
    except (LookupError, ValueError, expat.ExpatError):
        return False
    return True


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name


def markup(element: Element) -> str:
    """The HTML in an element: as text (escaped, CDATA), or as elements of its own, whose names
    lose their namespaces here."""
    if not len(element):
        return element.text or ""
    for part in element.iter():
        part.tag = part.tag.rpartition("}")[2]
    inner = (tostring(child, encoding="unicode", method="html") for child in element)
    return escape(element.text or "", quote=False) + "".join(inner)
