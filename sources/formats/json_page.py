"""The JSON of platforms: an answer's bytes → its items → records, whatever types the values have.

An answer that is no JSON, or not the object or array it should be, is a page with one `broken`
record that says what was expected and what came: a switched-off feed may answer 200 with an HTML
page, and an error is not an empty list. An item that cannot be read is one rejected record, named
by its 1-based place in the list; its neighbours pass.
"""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from models.errors import kind_of
from sources.base import Parsed, broken, rejected
from sources.platform import Page
from sources.validation import Fields, parsed, shown

Item = dict[str, Any]
Read = Callable[[Item], Fields | None]
"""An item -> the fields of `Given`; None: it is not to be shown. Raises nothing."""

_BOM = b"\xef\xbb\xbf"
_PAGE_HEAD = 200
_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""Half an emoji: what is left of a text that was cut by a program that counts UTF-16."""


def object_of(body: bytes, platform: str) -> Item | Page:
    """The JSON object that is the answer; a page with what is wrong where it is none."""
    value = _loaded(body, platform)
    if isinstance(value, dict | Page):
        return value
    return unreadable(f"{platform}'s JSON object", kind_of(value))


def array_of(body: bytes, platform: str) -> list[Any] | Page:
    """The JSON array that is the answer; a page with what is wrong where it is none."""
    value = _loaded(body, platform)
    if isinstance(value, list | Page):
        return value
    return unreadable(f"{platform}'s JSON array", _said(value))


def list_in(body: bytes, platform: str, *path: str) -> tuple[Item, list[Any]] | Page:
    """The answer and the array under `path` in it; a page with what is wrong where it has none."""
    answer = object_of(body, platform)
    if isinstance(answer, Page):
        return answer
    found = _at(answer, path)
    if not isinstance(found, list):
        return unreadable(f"{platform}'s JSON with an array {'.'.join(path)}", _said(answer))
    return answer, found


def page_of(body: bytes, platform: str, *path: str, read: Read) -> Page:
    """The page of an answer whose array under `path` is the whole board."""
    found = list_in(body, platform, *path)
    return found if isinstance(found, Page) else Page(records=records(found[1], read))


def unreadable(expected: str, got: str) -> Page:
    """A page that has nothing but the fault of the whole answer."""
    return Page(records=(broken(1, expected, got),))


def records(items: Iterable[object], read: Read) -> tuple[Parsed, ...]:
    """Each item as a posting or as its faults; `line` is its place in the list, from 1."""
    found = []
    for place, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            found.append(rejected(place, "", "a JSON object", kind_of(item)))
        elif (fields := read(item)) is not None:
            found.append(parsed(place, fields))
    return tuple(found)


def text(value: object, *path: str) -> str | None:
    """The text under `path`, stripped; None where there is none but white space."""
    found = _at(value, path)
    return (found.strip() or None) if isinstance(found, str) else None


def identity(value: object, *path: str) -> str | None:
    """The id under `path`, which some platforms give as a number."""
    found = _at(value, path)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return text(found)


def number(value: object, *path: str) -> float | None:
    """The finite number under `path`, also where it is written as a text ("50000.0")."""
    found = _at(value, path)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        amount = float(found)
    except (ValueError, OverflowError):
        return None
    return amount if math.isfinite(amount) else None


def flag(value: object, *path: str) -> bool | None:
    """The truth value under `path`; None where it is not stated."""
    found = _at(value, path)
    return found if isinstance(found, bool) else None


def whole(value: object, *path: str) -> int | None:
    """The count under `path`: a whole number, not negative."""
    found = number(value, *path)
    return int(found) if found is not None and found >= 0 and found.is_integer() else None


def objects(value: object, *path: str) -> list[Item]:
    """The objects in the array under `path`; what is none of them is passed over."""
    found = _at(value, path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def texts(value: object, *path: str) -> list[str]:
    """The texts in the array under `path`; what is none of them is passed over."""
    found = _at(value, path)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def _said(answer: object) -> str:
    """What an answer says instead, as an error does: its texts, numbers and truth values."""
    if not isinstance(answer, dict):
        return kind_of(answer)
    scalars = {k: v for k, v in answer.items() if isinstance(v, str | int | float)}
    return shown(scalars) if scalars else kind_of(answer)


def _at(value: object, path: tuple[str, ...]) -> object:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _loaded(body: bytes, platform: str) -> object:
    expected = f"{platform}'s JSON"
    body = body.removeprefix(_BOM)
    head = body[:_PAGE_HEAD].lstrip().lower()
    if not head:
        return unreadable(expected, "an empty answer")
    if head.startswith((b"<!doctype html", b"<html")):
        return unreadable(expected, "an HTML page")
    if head.startswith(b"<"):
        return unreadable(expected, "XML or HTML")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        fault = error
    try:
        return orjson.loads(_LONE_SURROGATE.sub(rb"\\ufffd", body))
    except orjson.JSONDecodeError:
        return Page(records=(broken(fault.lineno, expected, fault.msg, fault.colno - 1),))
