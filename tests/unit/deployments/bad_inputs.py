"""What can be wrong with a request, made from what its route declares.

Each kind is a function from a route to the bad requests of that kind; what is bad in one is only
what its name says, everything else is the route's valid sample.
"""

import base64
import copy
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.unit.deployments.every_route import FORM, JSON, Route
from tests.unit.deployments.world import API, BODY_LIMIT

Json = dict[str, Any]
OPERATOR = {"$gt": ""}
UNKNOWN_ID = "01990000-0000-7000-8000-000000000000"
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


# Bodies of fields


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
    (shape,) = _alternatives(route, schema)
    for name, each in shape.get("properties", {}).items():
        slot = Slot(
            (*steps, name),
            tuple(_alternatives(route, each)),
            name in shape.get("required", ()),
        )
        yield slot
        for inner in slot.schemas:
            if inner.get("type") == "object":
                yield from _slots(route, inner, slot.steps)
            elif inner.get("type") == "array":
                yield Slot((*slot.steps, 0), tuple(_alternatives(route, inner["items"])))


def _alternatives(route: Route, schema: Json) -> Iterator[Json]:
    if "$ref" in schema:
        schema = route.schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _alternatives(route, each)
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
    "string": ("no_such_value",),
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


def content_types(route: Route) -> Iterator[Bad]:
    others = (FORM, "multipart/form-data; boundary=x") if route.has_json else (JSON,)
    for type_ in ("text/plain", "application/xml", "json", "*/*", "", *others):
        sent = {"content": b"{}", "headers": {"Content-Type": type_}}
        yield Bad(f"Content-Type {type_!r}", status=(415,), place="Content-Type", sent=sent)


# Queries in the alert language, and criteria

QUERIES = (
    "",
    " ",
    "title:",
    "title:\0",
    "(" * 2000,
    "(" * 40 + "python" + ")" * 40,
    "python AND",
    "AND OR NOT",
    '"python',
    'title:"a" )',
    "pay>=1e400GBP/year",
    "pay>=NaN",
    "pay:9..1GBP/year",
    "level:staff..intern",
    "near:nowhere-at-all-zz<40km",
    'near:"Leeds, GB"<1e99km',
    "posted<-1d",
    "posted<99999999999999999999d",
    "remote:ZZ",
    "skill:$gt",
    "lang:zz",
    "mode:$ne",
    "/.*/",
    "title:/(a+)+$/",
    "*",
    "\u202e",
    "é" * 1025,
    " OR ".join(f"w{n}" for n in range(250)),
)
TREES: tuple[Json, ...] = (
    {},
    OPERATOR,
    {"op": OPERATOR},
    {"op": "$where", "item": "1"},
    {"op": None},
    {"op": ["and"]},
    {"op": "words"},
    {"op": "words", "text": OPERATOR},
    {"op": "words", "text": ""},
    {"op": "words", "text": "\0"},
    {"op": "words", "text": "a" * 501},
    {"op": "words", "text": "a", "field": "password"},
    {"op": "words", "text": "a", "hard": "maybe"},
    {"op": "words", "text": "a", "owner_id": "me"},
    {"op": "and", "items": OPERATOR},
    {"op": "and", "items": []},
    {"op": "and", "items": [1, None]},
    {"op": "or", "items": [{"op": "skill", "skill": "python"}]},
    {"op": "not"},
    {"op": "not", "item": []},
    {"op": "skill", "skill": ["python"]},
    {"op": "skill", "skill": "no such skill at all"},
    {"op": "level", "min": "staff", "max": "intern"},
    {"op": "mode", "values": []},
    {"op": "mode", "values": [OPERATOR]},
    {"op": "near", "place": {"id": 2**70, "name": "x", "kind": "city", "country": "GB"}, "km": 1},
    {
        "op": "near",
        "place": {"id": -1, "name": "x", "kind": "city", "country": "GB", "lat": 0, "lon": 0},
        "km": 1,
    },
    {"op": "place", "place": {"id": OPERATOR}},
    {"op": "pay", "min": -1, "currency": "GBP"},
    {"op": "pay", "min": 1e300, "currency": "GBP"},
    {"op": "pay", "min": 1, "currency": "ZZZ"},
    {"op": "pay", "currency": "GBP"},
    {"op": "remote", "country": "ZZ"},
    {"op": "language", "values": ["zz"]},
    {"op": "age", "hours": 1e308},
    {"op": "age", "hours": -1},
    {"op": "and", "items": [{"op": "words", "text": f"w{n}"} for n in range(250)]},
)


def _nested_nots() -> Json:
    tree: Json = {"op": "words", "text": "a"}
    for _ in range(300):
        tree = {"op": "not", "item": tree}
    return tree


def queries(route: Route) -> Iterator[Bad]:
    names = {slot.steps[0] for slot in slots(route)}
    base = {name: value for name, value in sample_body(route).items() if name != "query"}
    for text in QUERIES if "query" in names else ():
        sent = {"json": base | {"query": text}}
        yield Bad(f"query {text[:40]!r}", place="/query", sent=sent)
    for tree in (*TREES, _nested_nots()) if "criteria" in names else ():
        sent = {"json": base | {"criteria": tree}}
        yield Bad(f"criteria {str(tree)[:60]}", place="/criteria", sent=sent)


# Queries of a URL

_CURSORS = (
    "x",
    "%20",
    "AAAA",
    "....",
    "e30",  # {}
    "é" * 10,
    "x" * 2001,
)
_FORGED = (
    [],
    {},
    OPERATOR,
    None,
    [1, 2, 3],
    ["users", None, False, None, "x"],
    ["users", "email", False, "", ""],
)
CURSOR_PURPOSES = {
    "/api/v1/alerts": ["alerts", "created_at", True],
    "/api/v1/alerts/{id}/matches": ["matches", "created_at", True],
    "/api/v1/notifications": ["notifications", "position", True],
    "/api/v1/companies": ["companies", "slug", False],
}
SEARCH = f"{API}/search/jobs"
_VALUES: dict[str, tuple[str, ...]] = {
    "q": ("title:", "(" * 1000, '"', "pay>=NaN", "$gt:1 )", "skill:", "w OR " * 300),
    "title": ('"', ")", "a) OR company:(b", "*"),
    "company": ('"', "a) OR title:(b"),
    "near": ("nowhere-at-all-zz", "Leeds, GB<-1km", "Leeds, GB<1e99km", '"'),
    "mode": ("$gt", "remote)", "{}"),
    "level": ("x..y", "staff..intern", ".."),
    "pay": ("NaN", "1e400GBP/year", "-1GBP/year", "much", "9..1GBP/year"),
    "posted": ("-1d", "9999999999999d", "x"),
    "remote": ("ZZ", "$ne"),
    "skill": ("no such skill at all", '"', "a) OR (b"),
    "employment": ("x", "$in"),
    "lang": ("zz", "en)"),
    "facets": ("x", "mode,password_hsh", ",", "$where"),
}


def forged(parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def query_values(route: Route) -> Iterator[Bad]:
    for name, schema in route.named("query").items():
        for value in _wrong_values(route, name, schema):
            query = {**route.sample.query, name: value}
            yield Bad(f"{name}={value[:40]!r}", place=name, sent={"params": query})


def _wrong_values(route: Route, name: str, schema: Json) -> Iterator[str]:
    for each in _alternatives(route, schema):
        if each.get("type") == "integer":
            yield from (
                "0",
                "-1",
                "101",
                "1e400",
                str(2**70),
                "x",
                "",
                "1.5",
                "NaN",
                "[$gt]",
                "0x5",
            )
        elif each.get("type") == "boolean":
            yield from ("maybe", "", "2", "null", "[]")
        elif "enum" in each:
            yield from ("no_such_value", "", "relevance,date")
        elif limit := each.get("maxLength"):
            yield "x" * (limit + 1)
    if name == "cursor":
        yield from _CURSORS
        yield from map(forged, _FORGED)
        if purpose := CURSOR_PURPOSES.get(route.path):
            odd = ([], [1], [OPERATOR, "x"], ["x", OPERATOR], ["x", 1], ["x", "y", "z"])
            for last in (*odd, [2**63, "x"], [2**64 - 1, "x"], [-(2**63) - 1, []]):
                yield forged([*purpose, *last])
    elif route.path == SEARCH:
        yield from _VALUES.get(name, ())
    yield from ("a\0b", "\x1b")


def broken_queries(route: Route) -> Iterator[Bad]:
    for query in ("nobody_knows=1", "$where=1", "limit[$gt]=1", "q[]=1", "=1", "Limit=1"):
        yield Bad(query, place=query.partition("=")[0], sent={"query": query})
    for name in (*route.named("query"), "nobody_knows"):
        for value in ("%ff", "%ed%a0%80", "%c0%80"):
            yield Bad(f"{name}={value}", place="query", sent={"query": f"{name}={value}"})
        many = "&".join(f"{name}=1" for _ in range(60))
        yield Bad(f"60 times {name}", place="query", sent={"query": many})


# Headers

_HEADERS: dict[str, tuple[bytes, ...]] = {
    "If-Match": (b"", b"x", b"3", b'"', b'"x"', b'W/"1"', b'"-1"', b'"1', b'"' + b"9" * 40 + b'"'),
    "Idempotency-Key": (b"", b" ", b"a b", b"x" * 201, b"\xff", b"a\tb", "é".encode()),
    "Last-Event-ID": (b"x", b"1", b"$gt", b"\xff", UNKNOWN_ID.encode() + b"0", b"x" * 5000),
}


def headers(route: Route) -> Iterator[Bad]:
    for name in route.named("header"):
        for value in _HEADERS[name]:
            sent = {"headers": {name: value}}
            yield Bad(f"{name}: {value[:40]!r}", place=name, sent=sent)
    if "If-Match" in route.named("header"):
        yield Bad("another version", status=(412,), sent={"headers": {"If-Match": '"999999"'}})


# Paths, bodies of any kind


_IDS = (
    "x",
    "0",
    "-1",
    "null",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cetc",
    "%00",
    "a%00b",
    "%0d%0aSet-Cookie:a",
    "%ff",
    "%ed%a0%80",
    "'%20OR%201=1--",
    "%7B%22$gt%22:%22%22%7D",
    "x" * 600,
    "x" * 3000,
    UNKNOWN_ID.replace("-", ""),
    f"%7B{UNKNOWN_ID}%7D",
    f"{UNKNOWN_ID}%0a",
    UNKNOWN_ID.replace("0", "%EF%BC%90"),
    UNKNOWN_ID,
    UNKNOWN_ID.upper().replace("7000", "70AF"),
)


def ids(route: Route) -> Iterator[Bad]:
    for id_ in _IDS:
        url = route.path
        for name in route.path_names:
            url = url.replace(f"{{{name}}}", id_)
        # A parameter that is no id of ours may have a length of its own.
        status = (404, 422) if len(id_) > 100 else (404,)
        yield Bad(f"id {id_[:40]}", status=status, sent={"url": url})


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not told beforehand."""
    for start in range(0, len(content), 1 << 16):
        yield content[start : start + (1 << 16)]


def too_large(route: Route) -> Iterator[Bad]:
    content = b" " * (BODY_LIMIT + 1)
    yield Bad("a large body", status=(413,), sent={"content": content})
    if route.schema is not None:
        yield Bad("a large stream", status=(413,), sent={"content": _stream(content)})
    for length in ("-1", "x", "1e9", "١"):
        sent = {"content": b"{}", "headers": {"Content-Length": length.encode()}}
        yield Bad(f"Content-Length {length}", status=(400,), sent=sent)


def tokens(route: Route) -> Iterator[Bad]:
    for value in (b"Bearer x", b"Bearer a.b.c", b"Bearer \xff", b"Bearer " + b"x" * 9000):
        yield Bad(f"{value[:20]!r}", status=(401,), sent={"headers": {"Authorization": value}})


def forms(route: Route) -> Iterator[Bad]:
    whole = b"username=a%40example.org&password=a+long+passphrase"
    for content, place in (
        (b"", "/username"),
        (b"username=a", "/password"),
        (b"username=&password=x", "/username"),
        (b"username[$gt]=&password=x", "/username"),
        (whole + b"&role=admin", "/role"),
        (whole + b"&$where=1", "/$where"),
        (whole + b"&grant_type=client_credentials", "/grant_type"),
        (whole + b"&scope=" + b"x" * 201, "/scope"),
        (b"username=" + b"x" * 255 + b"&password=x", "/username"),
        (b"username=a&password=" + b"x" * 200, "/password"),
        (b'{"username": {"$gt": ""}}', "/username"),
    ):
        yield Bad(f"{content[:60]!r}", place=place, sent={"content": content})
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    part = b'--b\r\nContent-Disposition: form-data; name="username"; filename="x"\r\n\r\na\r\n--b--'
    for content in (b"", b"--b", b"--b\r\n\r\n", part, b"\xff\0"):
        sent = {"content": content, "headers": multipart}
        yield Bad(f"multipart {content[:30]!r}", status=(400, 422), sent=sent)
    no_boundary = {"content": whole, "headers": {"Content-Type": "multipart/form-data"}}
    yield Bad("no boundary", status=(400,), sent=no_boundary)


Kind = Callable[[Route], Iterator[Bad]]
KINDS: tuple[tuple[Kind, Callable[[Route], bool]], ...] = (
    (wrong_types, lambda route: route.has_json),
    (operators, lambda route: route.has_json),
    (unknown_fields, lambda route: route.has_json),
    (missing_fields, lambda route: route.has_json),
    (texts, lambda route: route.has_json),
    (numbers, lambda route: route.has_json),
    (deep_or_broken_json, lambda route: route.has_json),
    (queries, lambda route: route.has_json),
    (forms, lambda route: route.sample.content_type == FORM),
    (content_types, lambda route: route.schema is not None),
    (query_values, lambda route: bool(route.named("query"))),
    (broken_queries, lambda route: True),
    (headers, lambda route: bool(route.named("header"))),
    (ids, lambda route: bool(route.path_names) and not route.sample.any_path),
    (too_large, lambda route: route.writes),
    (tokens, lambda route: route.access in ("caller", "role")),
)
"""Every kind of fault, and the routes that can have it."""
