"""What a web page says to programs: its links, frames, scripts, and names.

A page is somebody else's text, so it is read in one pass whose time is linear in its length,
whatever it holds (the standard library's parser takes seconds for 50 KB of `<a a<a a`, and a
parser that builds a tree multiplies misnested tags). Tags, attributes, comments and raw text are
told apart as HTML does it; nesting is not looked at. https://html.spec.whatwg.org/#tokenization
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from sources.base import charset_of

PAGE_MAX_BYTES = 4 * 1024 * 1024
"""What stands further down in a page is not looked at."""

_KEPT = frozenset({"a", "base", "iframe", "link", "meta", "script", "title"})
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
_TAGS_MAX = 50_000
_OPENING = re.compile(r"<(?:(?P<comment>!--)|(?P<name>[a-zA-Z][^\s/>]{0,40}))")
_GAP = re.compile(r"[\s/]*+")
_NAME = re.compile(r"[^\s/>=]++|=[^\s/>=]*+")
_EQUALS = re.compile(r"\s*+=\s*+")
_BARE = re.compile(r"[^\s>]*+")
_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_CHARSET_WITHIN = 2048
_ENCODING = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-?8859-?\d{1,2}|latin-?\d|windows-?\d{3,4}|cp\d{3,4}"
    r"|shift_?jis|euc-?(?:jp|kr)|iso-2022-jp|gb(?:k|2312|18030)|big5|koi8-?[ru]"
)
"""Those of the web; Python knows others too, of which some are slow on purpose-made input."""


@dataclass(frozen=True, slots=True)
class Tag:
    """`attributes` by their lower-case names; `text` is what raw-text elements hold."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class WebPage:
    """The tags of a page that address or name something, in its order. `base` is what its relative
    addresses are relative to."""

    url: str
    base: str
    tags: tuple[Tag, ...]

    def named(self, *names: str) -> Iterator[Tag]:
        return (tag for tag in self.tags if tag.name in names)

    def address(self, text: str) -> str | None:
        """The absolute http or https address that a link of this page means."""
        return _joined(self.base, text)

    def meta(self, name: str) -> str:
        """The content of the `<meta>` of that name or property."""
        for tag in self.named("meta"):
            given = tag.attributes.get("property") or tag.attributes.get("name") or ""
            if given.strip().lower() == name and tag.attributes.get("content"):
                return " ".join(tag.attributes["content"].split())
        return ""

    @property
    def title(self) -> str:
        return next((" ".join(t.text.split()) for t in self.named("title") if t.text.strip()), "")

    @property
    def linked_data(self) -> list[str]:
        """The texts of its JSON-LD scripts."""
        kinds = (
            (t.attributes.get("type", "").partition(";")[0], t.text) for t in self.named("script")
        )
        return [text for kind, text in kinds if kind.strip().lower() == "application/ld+json"]


def web_page(body: bytes, url: str, content_type: str | None = None) -> WebPage:
    """Reads a page. Never raises: what is no HTML has no tags."""
    text = decoded(body[:PAGE_MAX_BYTES], content_type)
    tags = tuple(_tags(text))
    stated = next((t.attributes.get("href", "") for t in tags if t.name == "base"), "")
    return WebPage(url, _joined(url, stated) or url, tags)


def _joined(base: str, text: str) -> str | None:
    try:
        found = urljoin(base, text.strip())
        return found if urlsplit(found).scheme in ("http", "https") else None
    except ValueError:
        return None


def decoded(body: bytes, content_type: str | None = None) -> str:
    """Text by its byte order mark, the stated or declared encoding, UTF-8, else Windows-1252."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    declared = _CHARSET.search(body[:_CHARSET_WITHIN])
    names = [charset_of(content_type) or "", declared[1].decode("ascii") if declared else ""]
    named = [name.lower() for name in names if _ENCODING.fullmatch(name.lower())]
    for name in (*named, "utf-8-sig"):
        try:
            return body.decode(name)
        except (LookupError, UnicodeError):
            continue
    return body.decode(named[0] if named else "cp1252", errors="replace")


def _tags(text: str) -> Iterator[Tag]:
    at = found = 0
    while found < _TAGS_MAX and (opening := _OPENING.search(text, at)) is not None:
        at = opening.end()
        if opening["comment"]:
            end = text.find("-->", at)
            if end < 0:
                return
            at = end + 3
            continue
        name = opening["name"].lower()
        attributes: dict[str, str] = {}
        at = _read_attributes(text, at, attributes)
        inner = ""
        if name in _RAW:
            closing = _RAW[name].search(text, at)
            end = closing.start() if closing else len(text)
            inner, at = text[at:end], end
        if name in _KEPT:
            found += 1
            yield Tag(name, attributes, html.unescape(inner) if name == "title" else inner)


def _read_attributes(text: str, at: int, into: dict[str, str]) -> int:
    """Where the tag ends whose attributes begin at `at`; of one given twice the first counts."""
    while True:
        at = _after(_GAP, text, at)
        if at >= len(text) or text[at] == ">":
            return at + 1
        start, at = at, _after(_NAME, text, at)
        name, value = text[start:at].lower(), ""
        equals = _EQUALS.match(text, at)
        if equals is not None:
            at = equals.end()
            quote = text[at : at + 1]
            if quote in ("'", '"'):
                end = text.find(quote, at + 1)
                if end < 0:
                    return len(text)
                value, at = text[at + 1 : end], end + 1
            else:
                start, at = at, _after(_BARE, text, at)
                value = text[start:at]
        into.setdefault(name, html.unescape(value))


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
