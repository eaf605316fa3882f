"""Sitemaps and sitemap indexes, read while they arrive: which pages a site has, and since when.

Format: https://www.sitemaps.org/protocol.html. The names of elements count without their
namespace, which sites write in many ways. Memory is the addresses that are kept.
"""

import re
from dataclasses import dataclass
from xml.parsers import expat

from sources.base import Parsed, broken

ENTRIES_MAX = 50_000
"""What the protocol allows a sitemap to have; what stands behind them is not kept."""

_EXPECTED = "a sitemap"
_TEXT_MAX = 2048
_DEPTH_MAX = 32
_UNREAD_MAX = 1 << 20
_ROOTS = ("urlset", "sitemapindex")
_ENTRIES = ("url", "sitemap")
_FIELDS = ("loc", "lastmod", "changefreq")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)


def begins_sitemap(head: bytes) -> bool:
    """Whether these first bytes of a document have the root of a sitemap or of an index."""
    return _ROOT.search(head) is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """One page, or one sitemap of an index. `lastmod` and `changefreq` are as the site writes
    them."""

    url: str
    lastmod: str = ""
    changefreq: str = ""


class _Refused(Exception):
    def __init__(self, got: str) -> None:
        super().__init__(got)
        self.got = got


class Sitemap:
    """`entries` are those read so far, the first ENTRIES_MAX; `beyond` counts the others. `fault`
    is why reading ended before its end."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.beyond = 0
        self.is_index = False
        self.fault: Parsed | None = None
        self._path: list[str] = []
        self._texts: dict[str, str] = {}
        self._fed = 0
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text

    def feed(self, data: bytes) -> None:
        self._parse(data if self._fed else data.lstrip(), last=False)

    def close(self) -> None:
        self._parse(b"", last=True)

    def _parse(self, data: bytes, *, last: bool) -> None:
        if self.fault is not None:
            return
        try:
            self._expat.Parse(data, last)
            self._fed += len(data)
            # What expat cannot make out yet it keeps, and reads again with each new piece.
            if self._fed - self._expat.CurrentByteIndex > _UNREAD_MAX:
                raise _Refused("a tag without an end")
        except expat.ExpatError as error:
            got = expat.ErrorString(error.code)
            self.fault = broken(error.lineno, "well-formed XML", got, error.offset)
        except _Refused as refusal:
            self.fault = broken(self._expat.CurrentLineNumber, _EXPECTED, refusal.got)

    def _doctype(self, *_: object) -> None:
        raise _Refused("a document type declaration")

    def _start(self, name: str, _: dict[str, str]) -> None:
        name = name.rpartition(":")[2].lower()
        if len(self._path) == _DEPTH_MAX:
            raise _Refused(f"elements nested more than {_DEPTH_MAX} deep")
        if not self._path:
            if name not in _ROOTS:
                raise _Refused("an HTML page" if name == "html" else f"<{name[:50]}>")
            self.is_index = name == "sitemapindex"
        self._path.append(name)
        if len(self._path) == 2:
            self._texts = {}

    def _text(self, text: str) -> None:
        if len(self._path) == 3 and self._path[1] in _ENTRIES and self._path[2] in _FIELDS:
            so_far = self._texts.get(self._path[2], "")
            self._texts[self._path[2]] = (so_far + text)[: _TEXT_MAX + 1]

    def _end(self, _: str) -> None:
        closed = self._path.pop()
        url = self._texts.get("loc", "").strip()
        if len(self._path) != 1 or closed not in _ENTRIES or not 0 < len(url) <= _TEXT_MAX:
            return
        if len(self.entries) == ENTRIES_MAX:
            self.beyond += 1
            return
        lastmod, changefreq = (self._texts.get(name, "").strip() for name in _FIELDS[1:])
        self.entries.append(Entry(url, lastmod, changefreq))
