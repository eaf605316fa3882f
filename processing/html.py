"""Foreign HTML made safe to show, and the plain text in it.

nh3 (ammonia) keeps the mark-up of a job description and nothing else: no images, no scripts, no
styles, links only to http, https and mailto and marked `nofollow`. Parsers of HTML take quadratic
time on deep nesting and repair misnested tags by multiplying them, so a text nested deeper than a
person would write loses its tags before it is parsed.
"""

import html
import re

import nh3
from selectolax.lexbor import LexborHTMLParser

_BLOCKS = (
    "p div ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr blockquote pre hr br dl dt dd section"
)
_INLINE = "a strong b em i u s small sub sup code span td th"
_TAGS = set(_BLOCKS.split()) | set(_INLINE.split())
_BLOCK_SELECTOR = ",".join(_BLOCKS.split())
_MARK = "\x01"
"""Where a block begins or ends; no white space, as `str.split` has it."""
_MAX_DEPTH = 256
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>?")
_CLOSED_BY_THEMSELVES = {"p", "li", "br", "hr", "img", "td", "th", "tr", "dt", "dd", "input", "wbr"}
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)?lt;/?(?:p|div|ul|ol|li|br|strong|em|b|i|span|a|h[1-6]|table)\b", re.IGNORECASE
)
_REAL_TAG = re.compile(r"</?(?:p|div|ul|ol|li|br|strong|em|span|a|h[1-6]|table)\b", re.IGNORECASE)
_CONTROL_BUT_MARK = re.compile(r"[\x00\x02-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def clean(html_text: str) -> str:
    """The safe part of `html_text`; HTML that was escaped once too often is unescaped first."""
    text = _CONTROL.sub("", html_text)
    for _ in range(2):
        if _ESCAPED_TAG.search(text) is None or _REAL_TAG.search(text) is not None:
            break
        text = _CONTROL.sub("", html.unescape(text))
    if text.count("<") > _MAX_DEPTH and _depth(text) > _MAX_DEPTH:
        text = html.escape(html.unescape(_ANY_TAG.sub(" ", text)), quote=False)
    return nh3.clean(
        text,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="nofollow noopener",
    ).strip()


def text_of(clean_html: str) -> str:
    """The text of cleaned HTML: one line for each paragraph, list item or row, entities decoded,
    white space single, no empty lines."""
    body = LexborHTMLParser(clean_html).body
    if body is None:
        return ""
    for node in body.css(_BLOCK_SELECTOR):
        node.insert_before(_MARK)
        node.insert_after(_MARK)
    for cell in body.css("td,th"):
        cell.insert_after(" ")
    text = " ".join(_CONTROL_BUT_MARK.sub("", body.text(deep=True)).split())
    return "\n".join(filter(None, map(str.strip, text.split(_MARK))))


def _depth(text: str) -> int:
    """How deep tags are nested, counting those that need an end tag; an upper bound."""
    depth = deepest = 0
    for end, name in _TAG.findall(text):
        if name.lower() in _CLOSED_BY_THEMSELVES:
            continue
        depth = max(0, depth - 1) if end else depth + 1
        deepest = max(deepest, depth)
    return deepest
