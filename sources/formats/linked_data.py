"""The JobPostings in a page's JSON-LD, as people really write it.

Taken as it comes: wrapped in CDATA or comments, with raw line ends inside strings, with its quotes
escaped as entities, nested in other objects, in arrays, in `@graph`, with keys in PascalCase. What
is given back has its keys in lower case and without "@".

JSON-LD: https://www.w3.org/TR/json-ld11/; JobPosting: https://schema.org/JobPosting.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from sources import facts

Node = dict[str, Any]

_WRAPPED_BEFORE = re.compile(r"(?:\s|//|/\*|\*/|<!--|<!\[CDATA\[)*+")
_WRAPPED_AFTER = (";", "//", "/*", "*/", "-->", "]]>")
_NODES_MAX = 100_000


class Unreadable(Exception):
    """The text is not JSON: what the reader of JSON says of it."""


def job_postings(text: str) -> list[Node]:
    """The JobPostings in the text of one script, in its order. Raises Unreadable."""
    return [node for node in _objects(_value(text)) if _is_job(node)]


def _value(text: str) -> Any:
    """A raw line end inside a string is a fault that many make; so is escaping for HTML. A text
    that is JSON as it stands is not unescaped: the entities in it belong to its values."""
    bare = _unwrapped(text)
    try:
        return _loads(bare)
    except Unreadable:
        if "&quot;" not in bare and "&#34;" not in bare:
            raise
    return _loads(html.unescape(bare))


def _unwrapped(text: str) -> str:
    before = _WRAPPED_BEFORE.match(text)
    bare = text[before.end() if before else 0 :].rstrip()
    for _ in _WRAPPED_AFTER:
        for mark in _WRAPPED_AFTER:
            bare = bare.removesuffix(mark).rstrip()
    return bare


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False, parse_constant=lambda _: None)
    except RecursionError:
        raise Unreadable("values nested too deep") from None
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _objects(value: Any) -> Iterator[Node]:
    """All objects of a value, outer before inner, those of an array in its order."""
    waiting, seen = [value], 0
    while waiting and seen < _NODES_MAX:
        seen += 1
        current = waiting.pop()
        if isinstance(current, dict):
            current = {_key(key): inner for key, inner in current.items()}
            yield current
            waiting.extend(v for v in reversed(current.values()) if isinstance(v, dict | list))
        elif isinstance(current, list):
            waiting.extend(v for v in reversed(current) if isinstance(v, dict | list))


def _is_job(node: Node) -> bool:
    kinds = node.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and re.split(r"[/:#]", kind.strip())[-1].lower() == "jobposting":
            return True
    return False


def _key(key: str) -> str:
    return key.removeprefix("@").lower()


def objects(value: Any) -> list[Node]:
    """A value that is one object or several, or a name for one: as objects with their keys in
    lower case."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            found.append({_key(key): inner for key, inner in item.items()})
        elif isinstance(item, str) and item.strip():
            found.append({"name": item})
    return found


def texts(value: Any) -> list[str]:
    """A value that is one text or several; an object is its `name`."""
    found = (node.get("name") for node in objects(value))
    return [facts.one_line(name) for name in found if isinstance(name, str)]
