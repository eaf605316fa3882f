"""The stored form of a document on MongoDB: one record with the body, its unique keys, its outbox.

| field | holds |
|---|---|
| `_id`, `v` | the document's id and version |
| `body`, `coded` | the body; whether names and lists in it are coded (below) |
| `u` | for each unique index the text of its fields' values, where none is null or missing |
| `out`, `out_at` | events that may not be on the stream yet, and since when; unset for none |
| `dead` | the document is deleted, and its last events still wait (no body, no `u`) |

Unique keys are computed because MongoDB's own sparse index means something else: it takes null for
a value, and a compound one leaves a record out only where all fields are missing.

JSON that MongoDB-like stores refuse is coded, so that it comes back as it was: in a name `%`, `.`,
NUL and a leading `$` become `%25`, `%2E`, `%00` and `%24`, and a list directly inside a list
becomes `{"%": […]}`. Names that fields of filters and indexes can have are never changed by it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from backends.documents.base import Body, Document, Outgoing
from backends.documents.collections import Collection
from backends.documents.filters import value_at
from models.errors import InvalidInput
from models.events import Event

Record = dict[str, Any]

LIVE: Mapping[str, Any] = {"dead": {"$exists": False}}
"""What every document satisfies and a deleted one does not."""
DOCUMENT = ("v", "body", "coded")
"""The fields that `document` reads."""
WAITING = ("out", "out_at", "dead")
"""The fields that `waiting` reads."""

_TO_CODE = re.compile(r"[%.\x00]|^\$")
_CODED = re.compile(r"%([0-9A-F]{2})")
_LIST = "%"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record whose events `out` wait, in order; `dead` where it is to go when they are out."""

    id: str
    out: tuple[Record, ...]
    dead: bool = False


def plain(body: Body) -> Body:
    """A copy of the body as JSON gives it back. Raises InvalidInput for what JSON cannot hold."""
    try:
        copy: Body = orjson.loads(orjson.dumps(body))
    except orjson.JSONEncodeError as error:
        raise InvalidInput(f"the document cannot be stored as JSON: {error}") from error
    return copy


def content(collection: Collection, body: Body) -> Record:
    """The fields of a record that a new body sets; the body is one that `plain` gave."""
    coded = _needs_code(body)
    fields = {"body": _encode(body) if coded else body, "coded": coded}
    keys = {
        index.name: unique_key(body, index.fields) for index in collection.indexes if index.unique
    }
    if keys:
        fields["u"] = {name: key for name, key in keys.items() if key is not None}
    return fields


def document(record: Record) -> Document:
    body = record["body"]
    return Document(record["_id"], record["v"], _decode(body) if record["coded"] else body)


def entries(events: Sequence[Outgoing], write: str) -> list[Record]:
    """The outbox's entries: the topic, the event as JSON text, which stays as it is, and the id of
    the write they are of (one call of one writer)."""
    return [
        {"write": write, "topic": topic, "event": event.model_dump_json()}
        for topic, event in events
    ]


def event_of(entry: Record) -> Event:
    return Event.from_stored_json(entry["event"])


def pushed(out: Sequence[Record], now: datetime) -> dict[str, Any]:
    """The part of an update that adds entries to the outbox."""
    if not out:
        return {}
    return {"$push": {"out": {"$each": list(out)}}, "$min": {"out_at": now}}


def waiting(record: Record, added: Sequence[Record] = ()) -> Waiting:
    """What waits in a record after these entries were added to it."""
    return Waiting(record["_id"], (*record.get("out", ()), *added), record.get("dead", False))


def one_of(ids: Sequence[str]) -> Any:
    """The condition on `_id`; a single one is an equality, which every server finds by its key."""
    return ids[0] if len(ids) == 1 else {"$in": list(ids)}


def unique_key(body: Body, fields: Sequence[str]) -> str | None:
    """One text for the values of these fields, equal exactly where they are; None where the index
    ignores the document: a value is null, missing, or no scalar."""
    values = [value_at(body, field) for field in fields]
    if not all(isinstance(value, str | int | float) for value in values):
        return None
    return json.dumps([_canonical(value) for value in values])


def _canonical(value: Any) -> Any:
    # 1.0 equals 1; true does not.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _needs_code(value: Any, *, in_list: bool = False) -> bool:
    if isinstance(value, dict):
        return any(_TO_CODE.search(name) or _needs_code(item) for name, item in value.items())
    if isinstance(value, list):
        return in_list or any(_needs_code(item, in_list=True) for item in value)
    return False


def _encode(value: Any, *, in_list: bool = False) -> Any:
    if isinstance(value, dict):
        return {_TO_CODE.sub(_hex, name): _encode(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [_encode(item, in_list=True) for item in value]
        return {_LIST: items} if in_list else items
    return value


def _hex(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        if _LIST in value:
            return [_decode(item) for item in value[_LIST]]
        return {_CODED.sub(_char, name): _decode(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_decode(item) for item in value]
    return value


def _char(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))
