"""What can be wrong with a query: in the alert language, as criteria, and in a URL."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.unit.deployments.bad_bodies import (
    OPERATOR,
    Bad,
    Json,
    alternatives,
    sample_body,
    slots,
)
from tests.unit.deployments.every_route import Route
from tests.unit.deployments.world import API

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
    "category:no-such-category",
    "clearance:perhaps",
    "experience<=some",
    "experience:3",
    "source:",
    "company:@no_such_list",
    "company:@",
    "company:@$gt",
    "skill:@agencies",
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
    {"op": "category", "values": ["no such category"]},
    {"op": "category", "values": []},
    {"op": "category", "values": OPERATOR},
    {"op": "clearance", "value": "perhaps"},
    {"op": "experience"},
    {"op": "experience", "min": 5, "max": 2},
    {"op": "source", "values": [""]},
    {"op": "source", "values": ["\0"]},
    {"op": "list", "field": "company", "name": "no_such_list"},
    {"op": "list", "field": "company", "name": OPERATOR},
    {"op": "list", "field": "company", "name": "../agencies"},
    {"op": "list", "field": "skill", "name": "agencies"},
    {"op": "list", "field": "owner_id", "name": "agencies"},
    {"op": "list", "field": "company", "name": "no_such_list", "items": ["Acme"]},
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
    "/api/v1/lists": ["lists", "name", False],
    "/api/v1/sources": ["feeds", "created_at", True],
    "/api/v1/notifications": ["notifications", "position", True],
    "/api/v1/companies": ["companies", "slug", False],
    "/api/v1/admin/reviews": ["postings", "review.since", False],
    "/api/v1/admin/dead-letters": ["dead_letters", "at", False],
}
SEARCH = f"{API}/search/jobs"
VALUES: dict[str, tuple[str, ...]] = {
    "q": ("title:", "(" * 1000, '"', "pay>=NaN", "$gt:1 )", "skill:", "w OR " * 300),
    "title": ('"', ")", "a) OR company:(b", "*"),
    "company": ('"', "a) OR title:(b", "@no_such_list", "@"),
    "near": ("nowhere-at-all-zz", "Leeds, GB<-1km", "Leeds, GB<1e99km", '"'),
    "place": ("nowhere-at-all-zz", '"', "Leeds, GB<40km", 'x" OR title:"a'),
    "mode": ("$gt", "remote)", "{}"),
    "level": ("x..y", "staff..intern", ".."),
    "pay": ("NaN", "1e400GBP/year", "-1GBP/year", "much", "9..1GBP/year"),
    "posted": ("-1d", "9999999999999d", "x"),
    "remote": ("ZZ", "$ne"),
    "skill": ("no such skill at all", '"', "a) OR (b", "@agencies"),
    "category": ("no such category", '"', "data) OR (b"),
    "employment": ("x", "$in"),
    "visa": ("perhaps", "$gt", "offered)"),
    "experience": ("some", "$gt", "3)", ">=0", "nan"),
    "clearance": ("perhaps", "$gt", "required)"),
    "lang": ("zz", "en)"),
    "source": ("api) OR title:(b", '"', "https://x.example/a"),
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
    for each in alternatives(route, schema):
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
        yield from VALUES.get(name, ())
    yield from ("a\0b", "\x1b")


def broken_queries(route: Route) -> Iterator[Bad]:
    for query in ("nobody_knows=1", "$where=1", "limit[$gt]=1", "q[]=1", "=1", "Limit=1"):
        yield Bad(query, place=query.partition("=")[0], sent={"query": query})
    for name in (*route.named("query"), "nobody_knows"):
        for value in ("%ff", "%ed%a0%80", "%c0%80"):
            yield Bad(f"{name}={value}", place=name, sent={"query": f"{name}={value}"})
        many = "&".join(f"{name}=1" for _ in range(60))
        yield Bad(f"60 times {name}", place="query", sent={"query": many})
