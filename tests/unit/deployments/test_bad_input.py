"""Bad input over every route: a 4xx that says what is wrong and where, and nothing half-written."""

import json

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.detect import CONTENT_TYPES
from tests.examples import examples
from tests.unit.deployments.bad_bodies import sample_body, slots
from tests.unit.deployments.bad_inputs import KINDS
from tests.unit.deployments.bad_queries import CURSOR_PURPOSES, SEARCH, VALUES, forged
from tests.unit.deployments.every_route import DECLARED, ROUTES, SAMPLES, send
from tests.unit.deployments.world import API, made

pytestmark = pytest.mark.asyncio(loop_scope="module")
IMPORT = f"{API}/jobs/import"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "SEARCH"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory):
    async with made(tmp_path_factory.mktemp("world")) as world:
        yield world


async def test_every_route_has_a_sample():
    assert {(route.method, route.path) for route in DECLARED} == set(SAMPLES)
    for route in ROUTES:
        assert set(route.sample.path) == set(route.path_names), str(route)


async def test_every_list_and_search_parameter_has_bad_values():
    lists = {
        route.path: route.named("query") for route in ROUTES if "cursor" in route.named("query")
    }
    assert lists.keys() == {*CURSOR_PURPOSES, SEARCH}
    assert lists[SEARCH].keys() == {*VALUES, "unknown", "sort", "limit", "cursor"}


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.sample.endless], ids=str)
async def test_every_sample_is_valid(world, route):
    """The control: what is refused below is refused for what was made bad in it."""
    sample = route.sample
    things = {kind: await world.make(kind) for kind in sample.path.values() if kind in world.things}
    await world.sign_in("owner")
    body = sample.filled or sample.body
    body = await body(world) if callable(body) else body
    sent = {"content": sample.content} if sample.content else {}
    if body is not None:
        sent["json" if route.has_json else "data"] = body
    answer = await send(world, route, url=route.url(things), params=sample.query, **sent)
    assert answer.status_code == sample.status, answer.text


def problem_of(answer):
    """The problem that this answer is."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() == {"type", "title", "status", "detail", "instance", "errors"}
    assert body["status"] == answer.status_code
    assert all(body[name] for name in ("type", "title", "detail", "instance"))
    for fault in body["errors"]:
        assert place_of(fault) is not None
        assert fault["expected"]
        assert len(fault["got"]) < 400
    return body


def place_of(fault):
    return fault.get("pointer", fault.get("parameter"))


def check(answer, bad, route):
    """The answer refuses this request, and says where and why."""
    assert answer.status_code in bad.status, answer.text[:500]
    if route.sample.html and answer.headers["content-type"].startswith("text/html"):
        return
    errors = problem_of(answer)["errors"]
    assert errors or answer.status_code != 422
    if bad.position:
        assert errors[0]["position"] >= 0
    if bad.place is not None:
        assert any(place_of(fault).startswith(bad.place) for fault in errors), (bad.place, errors)


CASES = [
    pytest.param(route, kind, id=f"{kind.__name__}-{route}")
    for kind, applies in KINDS
    for route in ROUTES
    if applies(route)
]


@pytest.mark.parametrize("route,kind", CASES)
async def test_bad_input_is_refused(world, route, kind):
    before = world.snapshot()
    failures = []
    for number, bad in enumerate(kind(route)):
        sent = dict(bad.sent)
        if query := sent.pop("query", None):
            sent["url"] = f"{route.url(world.things)}?{query}"
        if "Idempotency-Key" in route.named("header"):
            sent["headers"] = {
                "Idempotency-Key": f"{kind.__name__}-{number}",
                **sent.get("headers", {}),
            }
        answer = await send(world, route, **sent)
        try:
            check(answer, bad, route)
        except AssertionError as error:
            failures.append((bad.what, str(error)[:300]))
    assert not failures, "\n".join(map(str, failures))
    assert world.snapshot() == before


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
async def test_another_method_is_refused(world, path):
    before = world.snapshot()
    routes = [route for route in ROUTES if route.path == path]
    allowed = {route.method for route in routes}
    for method in METHODS - allowed:
        answer = await world.ask(method, routes[0].url(world.things), "owner")
        problem_of(answer)
        # A fixed path may be what another route takes for an id: there nothing has that id.
        is_id = method in {other.method for other in ROUTES if overlaps(other.path, path)}
        assert answer.status_code == (404 if is_id else 405), method
        if not is_id:
            assert answer.headers["allow"]
    assert world.snapshot() == before


def overlaps(pattern, path):
    """Whether the fixed path is one of those that the pattern means."""
    steps, others = pattern.split("/"), path.split("/")
    return len(steps) == len(others) and all(
        step == other or (step.startswith("{") and not other.startswith("{"))
        for step, other in zip(steps, others, strict=True)
    )


# Imports, whose body is a document


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE source [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
    b"]><source><job><title>&b;</title><company>c</company></job></source>"
)
OUTSIDE = BOMB.replace(b'<!ENTITY a "aaaaaaaaaa">', b'<!ENTITY a SYSTEM "file:///etc/hostname">')


@pytest.mark.parametrize(
    "content_type,content,status",
    [
        ("application/pdf", b"%PDF", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/json", b"\x1f\x8b\x08\x00", 422),
        ("text/csv", b"PK\x03\x04", 422),
        ("application/json", '[{"title": "a"}]'.encode("utf-16"), 422),
        ("application/xml", b"<!doctype html><html></html>", 422),
        ("application/xml", b"no element", 422),
        ("application/json", b"", 422),
        ("application/jsonl", b" \n\n", 422),
        ("text/csv", b"", 422),
        ("application/xml", b"", 422),
        ("text/plain", b"%PDF-1.7\n", 422),
        ("application/json", b"[{", 422),
        ("application/json", b"{}", 422),
        ("application/json", b"[" * 50_000, 422),
        ("text/csv", b"nobody_knows\n1\n", 422),
        ("text/csv", b'title,company\n"a,c\n', 422),
        ("application/xml", BOMB, 422),
        ("application/xml", OUTSIDE, 422),
        ("application/xml", b"<source><job><title>a</job></source>", 422),
    ],
)
async def test_a_document_that_is_none_of_ours_is_refused(world, content_type, content, status):
    before = world.snapshot()
    headers = {"Content-Type": content_type, "Idempotency-Key": "refused"}
    answer = await world.ask("POST", IMPORT, "owner", content=content, headers=headers)
    assert answer.status_code == status
    errors = problem_of(answer)["errors"]
    assert errors
    if status == 422:
        assert all(f["pointer"] == "" and f["line"] and f["expected"] and f["got"] for f in errors)
    assert world.snapshot() == before


@pytest.mark.parametrize(
    "content_type,content",
    [
        ("application/json", b'[{"title": NaN}]'),
        ("application/json", b'[{"title": "\xff", "company": "c"}]'),
        ("application/jsonl", b'{"title": {"$gt": ""}, "company": "c"}'),
        ("application/jsonl", b'{"title": "\\ud800", "company": "c"}'),
        ("application/jsonl", b'{"title": "a\\u0000b", "company": "c"}'),
        ("application/jsonl", b'{"title": "a", "company": "c", "nobody_knows": 1}'),
        ("application/jsonl", b'{"title": "a", "company": "c", "salary": {"min": 1e400}}'),
        ("application/jsonl", b"null\n1\n[]\ntrue\n"),
        ("text/csv", b"title,company\n,c\n"),
        ("application/xml", b"<source><job><title>a</title></job></source>"),
        ("application/rss+xml", b"<rss><channel><item></item></channel></rss>"),
    ],
)
async def test_records_that_are_none_are_named_and_not_stored(world, content_type, content):
    before = world.snapshot()
    headers = {"Content-Type": content_type}
    answer = await world.ask("POST", IMPORT, "owner", content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body["accepted"] == 0
    assert body["rejected_count"] == len(body["rejected"]) >= 1
    for rejected in body["rejected"]:
        assert rejected["line"] >= 1
        assert all(fault["expected"] and fault["got"] for fault in rejected["errors"])
    after = world.snapshot()
    assert after.pop("imports").keys() - before.pop("imports").keys() == {body["import_id"]}
    assert after == before


# Anything at all

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=6,
)
TOKENS = st.sampled_from(
    (
        *("title:", "company:", "near:", "pay", "posted", "level:", "mode:", "skill:", "remote:"),
        *(
            "lang:",
            "visa:",
            "clearance:",
            "category:",
            "source:",
            "@agencies",
            "unknown:",
            "AND",
            "OR",
            "NOT",
            "(",
            ")",
            '"',
            ":",
            ",",
            "..",
            "*",
            "-",
        ),
        *("<", ">", "<=", ">=", "!", "~", "?", "python", "senior", "remote", "GB", "ZZ", "40km"),
        *("Leeds,GB", "7d", "70000GBP/year", "1e400", "\0", "\u202e", "é"),
    )
)
QUERY = st.lists(TOKENS | ANY_TEXT, max_size=12).map(" ".join)
FUZZ = settings(max_examples=examples(30), deadline=None)


def is_utf8(text):
    """Whether a URL can carry it as text; what it carries otherwise is among the broken queries."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


async def refused_or_done(world, method, url, **sent):
    """Whatever it was, it was either good or told as a problem."""
    answer = await world.ask(method, url, "owner", **sent)
    assert answer.status_code < 500, (sent, answer.text)
    if answer.status_code >= 400:
        problem_of(answer)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.has_json], ids=str)
@given(data=st.data())
@FUZZ
async def test_no_json_breaks_a_route(world, route, data):
    names = sorted({slot.steps[0] for slot in slots(route)})
    changed = st.dictionaries(st.sampled_from(names) | ANY_TEXT, ANY_JSON, max_size=3)
    body = data.draw(changed.map(lambda fields: sample_body(route) | fields) | ANY_JSON)
    headers = {"Content-Type": "application/json"}
    url = route.url(world.things)
    content = json.dumps(body).encode()
    await refused_or_done(world, route.method, url, content=content, headers=headers)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.named("query")], ids=str)
@given(data=st.data())
@FUZZ
async def test_no_parameter_breaks_a_route(world, route, data):
    names = st.sampled_from(sorted(route.named("query")))
    values = data.draw(st.dictionaries(names, QUERY.filter(is_utf8), min_size=1, max_size=3))
    await refused_or_done(world, route.method, route.url(world.things), params=values)


@given(
    last=st.lists(ANY_JSON, max_size=3), purpose=st.sampled_from(sorted(CURSOR_PURPOSES.items()))
)
@FUZZ
async def test_no_cursor_breaks_a_list(world, last, purpose):
    path, parts = purpose
    cursor = forged([*parts, *last])
    await refused_or_done(
        world, "GET", path.replace("{id}", world.things["alert"]), params={"cursor": cursor}
    )


@given(query=QUERY)
@settings(max_examples=examples(100), deadline=None)
async def test_no_query_breaks_its_readers(world, query):
    why = f"{API}/jobs/{world.things['posting']}/why"
    for path in (f"{API}/alerts/preview", why):
        content = json.dumps({"query": query}).encode()
        headers = {"Content-Type": "application/json"}
        await refused_or_done(world, "POST", path, content=content, headers=headers)


@given(
    content=st.binary(max_size=200) | ANY_JSON.map(lambda value: json.dumps(value).encode()),
    content_type=st.sampled_from(sorted(CONTENT_TYPES)),
)
@settings(max_examples=examples(60), deadline=None)
async def test_no_document_breaks_the_import(world, content, content_type):
    headers = {"Content-Type": content_type}
    await refused_or_done(world, "POST", IMPORT, content=content, headers=headers)
