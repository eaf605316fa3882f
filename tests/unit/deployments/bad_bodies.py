"""What can be wrong with a body of fields, made from the schema that the route declares.

Each kind of fault is a function from a route to its bad requests; what is bad in one is only what
its name says, everything else is the route's valid sample.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.unit.deployments.every_route import JSON, Route

Json = dict[str, Any]
OPERATOR = {"$gt": ""}
OPAQUE = ("/password", "/refresh_token", "/alert_id", "/company_id", "/description")
"""Fields whose text is looked up, compared or cleaned, never shown as it came: any text will do."""


@dataclass(frozen=True)
class Bad:
    """`place` begins the pointer, or is the parameter, that an error must name;
    `position` where the first one must say at which character."""

    what: str
    status: tuple[int, ...] = (422,)
    place: str | None = None
    position: bool = False
    sent: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Slot:
    """One place in a body: the steps to it, and the schemas it may hold (one each type)."""

    steps: tuple[str | int, ...]
    schemas: tuple[Json, ...]
    required: bool = False

    @property
    def pointer(self) -> str:
        return "".join(f"/{step}" for step in self.steps)

    def first(self, type_: str) -> Json | None:
        return next((each for each in self.schemas if each.get("type") == type_), None)

    @property
    def is_text(self) -> bool:
        schema = self.first("string")
        return schema is not None and not schema.keys() & {"enum", "const", "format", "pattern"}


def slots(route: Route) -> list[Slot]:
    """Every place in the route's body, nested ones too."""
    assert route.schema is not None
    return list(_slots(route, route.schema, ()))


def _slots(route: Route, schema: Json, steps: tuple[str | int, ...]) -> Iterator[Slot]:
    (shape,) = alternatives(route, schema)
    for name, each in shape.get("properties", {}).items():
        slot = Slot(
            (*steps, name),
            tuple(alternatives(route, each)),
            name in shape.get("required", ()),
        )
        yield slot
        for inner in slot.schemas:
            if inner.get("type") == "object":
                yield from _slots(route, inner, slot.steps)
            elif inner.get("type") == "array":
                yield Slot((*slot.steps, 0), tuple(alternatives(route, inner["items"])))


def alternatives(route: Route, schema: Json) -> Iterator[Json]:
    if "$ref" in schema:
        schema = route.schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from alternatives(route, each)
    else:
        yield schema


def sample_body(route: Route) -> Json:
    body = route.sample.body
    return body if isinstance(body, dict) else {"refresh_token": "x"}


def with_value(route: Route, steps: tuple[str | int, ...], value: Any) -> Json:
    """The sample with this value in that place; what is above it is made where it is missing."""
    body: Any = copy.deepcopy(sample_body(route))
    here = body
    for step, following in pairwise(steps):
        if following == 0:
            here[step] = [None]
        elif not isinstance(here.get(step), dict):
            here[step] = {}
        here = here[step]
    here[steps[-1]] = value
    return body


WRONG: dict[str, tuple[Any, ...]] = {
    "string": ("no such value",),
    "number": (5, 1.5, 2**70, -(2**63) - 1),
    "boolean": (True,),
    "array": ([], [OPERATOR], [[]]),
    "object": ({}, OPERATOR, {"": {}}),
}


def wrong_types(route: Route) -> Iterator[Bad]:
    for slot in slots(route):
        types = {each.get("type") for each in slot.schemas}
        if "integer" in types:
            types.add("number")
        free_text = slot.is_text
        for type_, values in WRONG.items():
            if type_ in types and not (type_ == "string" and not free_text):
                continue
            for value in values:
                body = with_value(route, slot.steps, value)
                yield Bad(f"{slot.pointer} = {value}", place=slot.pointer, sent={"json": body})


def operators(route: Route) -> Iterator[Bad]:
    for slot in slots(route):
        if slot.first("object") and not slot.first("object").get("properties"):
            continue  # a free object has a reader of its own: see `queries`
        for operator in ({"$gt": ""}, {"$ne": None}, {"$regex": ".*"}, {"$where": "1"}):
            body = with_value(route, slot.steps, operator)
            yield Bad(f"{slot.pointer} {operator}", place=slot.pointer, sent={"json": body})


def unknown_fields(route: Route) -> Iterator[Bad]:
    for name in ("nobody_knows", "$where", "__proto__", "Title", "a.b", ""):
        body = with_value(route, (name,), 1)
        yield Bad(f"field {name!r}", place=f"/{name}", sent={"json": body})
    for slot in slots(route):
        if (shape := slot.first("object")) and shape.get("properties"):
            steps = (*slot.steps, "nobody_knows")
            body = with_value(route, steps, 1)
            yield Bad(f"field {steps}", place=f"{slot.pointer}/nobody_knows", sent={"json": body})


def missing_fields(route: Route) -> Iterator[Bad]:
    for slot in slots(route):
        if slot.required and len(slot.steps) == 1:
            body = sample_body(route).copy()
            del body[slot.steps[0]]
            yield Bad(f"no {slot.pointer}", place=slot.pointer, sent={"json": body})
            body = with_value(route, slot.steps, None)
            yield Bad(f"null {slot.pointer}", place=slot.pointer, sent={"json": body})
    yield Bad("no body", sent={"content": b"", "headers": {"Content-Type": JSON}})


def texts(route: Route) -> Iterator[Bad]:
    for slot in slots(route):
        schema = slot.first("string")
        if schema is None:
            continue
        place = slot.pointer
        if not place.startswith(OPAQUE):
            for text in ("a\0b", "a\x1b[31mb", "\x7f", "\b"):
                body = with_value(route, slot.steps, text)
                place_of_all = f"/{slot.steps[0]}"
                yield Bad(f"{place} = {text!r}", place=place_of_all, sent={"json": body})
        for text in ("\ud800", "a\udfff", "\udc00\ud800"):
            content = json.dumps(with_value(route, slot.steps, text)).encode()
            yield Bad(f"{place} = {text!r}", sent={"content": content})
        if limit := schema.get("maxLength"):
            body = with_value(route, slot.steps, "x" * (limit + 1))
            yield Bad(f"{place} is too long", place=place, sent={"json": body})
        if schema.get("minLength"):
            yield Bad(
                f"{place} is empty",
                place=place,
                sent={"json": with_value(route, slot.steps, "")},
            )


def numbers(route: Route) -> Iterator[Bad]:
    for slot in slots(route):
        schema = slot.first("number") or slot.first("integer")
        if schema is None:
            continue
        marker = json.dumps(with_value(route, slot.steps, "HERE")).encode()
        for text in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400"):
            yield Bad(
                f"{slot.pointer} = {text!r}", sent={"content": marker.replace(b'"HERE"', text)}
            )
        for number in (-1, 2**70, 10**400, 1e308, "12", "1e5", True):
            content = json.dumps(with_value(route, slot.steps, number)).encode()
            yield Bad(f"{slot.pointer} = {number!r}", sent={"content": content})


def deep_or_broken_json(route: Route) -> Iterator[Bad]:
    whole = json.dumps(sample_body(route)).encode()
    for content in (
        b"{",
        b"}",
        whole[:-1],
        whole + b"x",
        whole + whole,
        whole[:-1] + b",}",
        whole.replace(b'"', b"'"),
        b"\0" + whole,
        b"\xff\xfe" + whole,
        b"\xef\xbb\xbf" + whole,
        whole[:-1] + b', "a": "\xff"}',
        whole[:-1] + b', "a": "\xed\xa0\x80"}',
        whole.decode().encode("utf-16"),
        whole.decode().encode("utf-32"),
        b"[" * 50_000,
        b'{"a":' * 30_000,
        b"[" * 50_000 + b"]" * 50_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b"// a comment\n" + whole,
    ):
        yield Bad(f"{content[:60]!r}", status=(400,), position=True, sent={"content": content})
    for content in (b"[]", b"1", b'"text"', b"true", b"null", b"[" * 900 + b"]" * 900):
        yield Bad(f"{content[:60]!r}", place="", sent={"content": content})
    for name in sample_body(route):
        body = json.dumps(with_value(route, (name,), "HERE")).encode()
        for nested in (b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900):
            yield Bad(
                f"{name} = {nested[:20]!r}",
                place=f"/{name}",
                sent={"content": body.replace(b'"HERE"', nested)},
            )
