"""What routes ask for: version guards, pages, idempotent writes, the trace."""

from typing import Any

import pytest
from fastapi import APIRouter, Request
from starlette.responses import Response

from deployments.deps import (
    PUBLIC,
    CallerDep,
    IfMatch,
    OnceDep,
    OptionalCallerDep,
    PageDep,
    TraceDep,
    json_response,
    not_modified,
    set_etag,
    stored_json,
)
from deployments.routing import adopt

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
made: list[str] = []
router = APIRouter(prefix="/try")


@router.get("/guard", dependencies=[PUBLIC])
async def guard(expected: IfMatch) -> int | None:
    return expected


@router.get("/page", dependencies=[PUBLIC])
async def page(page: PageDep) -> list[Any]:
    return [page.limit, page.cursor]


@router.get("/version", dependencies=[PUBLIC])
async def version(request: Request) -> Response:
    if (same := not_modified(request, 3)) is not None:
        return same
    answer = json_response({"a": 1})
    set_etag(answer, 3)
    return answer


@router.get("/trace", dependencies=[PUBLIC])
async def trace(trace: TraceDep) -> str:
    return trace


@router.get("/whoever", dependencies=[PUBLIC])
async def whoever(caller: OptionalCallerDep) -> str:
    return "nobody" if caller is None else caller.user.name


@router.post("/make")
async def make(body: dict[str, int], caller: CallerDep, once: OnceDep) -> Response:
    async def action():
        made.append(once.entity_id("thing", caller.user.id))
        return stored_json({"id": made[-1], **body}, 201, {"Location": "/x", "ETag": '"1"'})

    return await once.run(caller.user.id, action)


@pytest.fixture
def client(app, client):
    made.clear()
    adopt(app, router, prefix="")
    return client


@pytest.mark.parametrize(
    "given,expected", [(None, None), ("*", None), ('"3"', 3), (' "12" ', 12), ('"0"', 0)]
)
async def test_if_match_names_the_version_that_was_read(client, given, expected):
    headers = {} if given is None else {"If-Match": given}
    assert (await client.get("/try/guard", headers=headers)).json() == expected


@pytest.mark.parametrize("given", ["3", 'W/"3"', '"x"', '"-1"', '""', '"1", "2"', '"' + "9" * 30])
async def test_an_if_match_that_is_no_version_is_422(client, given):
    answer = await client.get("/try/guard", headers={"If-Match": given})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "If-Match"


@pytest.mark.parametrize("given", ['"3"', 'W/"3"', '"1", "3"', "*"])
async def test_what_the_client_has_is_not_sent_again(client, given):
    answer = await client.get("/try/version", headers={"If-None-Match": given})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"3"')


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"2"'}])
async def test_what_the_client_does_not_have_is_sent(client, headers):
    answer = await client.get("/try/version", headers=headers)
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, {"a": 1}, '"3"')


async def test_a_page_is_20_unless_it_is_said(client):
    assert (await client.get("/try/page")).json() == [20, None]
    assert (await client.get("/try/page?limit=100&cursor=abc")).json() == [100, "abc"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "cursor=", "page=2"]
)
async def test_a_page_that_cannot_be_is_422(client, query):
    answer = await client.get(f"/try/page?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


async def test_a_trace_is_taken_over_or_begun(client):
    assert (await client.get("/try/trace", headers={"traceparent": TRACE})).json() == TRACE
    for broken in (None, "", "x", TRACE[:-1], "ff" + TRACE[2:], TRACE.replace("4", "0").upper()):
        headers = {} if broken is None else {"traceparent": broken}
        begun = (await client.get("/try/trace", headers=headers)).json()
        version, trace_id, span_id, flags = begun.split("-")
        assert (version, len(trace_id), len(span_id), flags) == ("00", 32, 16, "01")
        assert begun != TRACE


async def test_a_token_is_optional_but_a_bad_one_is_refused(client, sign_up):
    assert (await client.get("/try/whoever")).json() == "nobody"
    assert (await client.get("/try/whoever", headers=await sign_up(client))).json() == "A Person"
    bad = await client.get("/try/whoever", headers={"Authorization": "Bearer x.y.z"})
    assert bad.status_code == 401


async def test_a_write_under_a_key_is_done_once(client, sign_up):
    headers = {**await sign_up(client), "Idempotency-Key": "k-1"}
    first = await client.post("/try/make", json={"n": 1}, headers=headers)
    again = await client.post("/try/make", json={"n": 1}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"] == "/x"
    assert first.headers["etag"] == again.headers["etag"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(made) == 1


async def test_a_key_is_for_one_request_of_one_person(client, sign_up):
    ada, bob = await sign_up(client), await sign_up(client)
    key = {"Idempotency-Key": "k-1"}
    await client.post("/try/make", json={"n": 1}, headers={**ada, **key})
    other = await client.post("/try/make", json={"n": 2}, headers={**ada, **key})
    assert other.status_code == 422
    assert other.json()["errors"][0]["parameter"] == "Idempotency-Key"
    hers = await client.post("/try/make", json={"n": 1}, headers={**bob, **key})
    assert "idempotency-replayed" not in hers.headers
    assert len(set(made)) == 2


async def test_without_a_key_each_request_is_one(client, sign_up):
    headers = await sign_up(client)
    for _ in range(2):
        assert (await client.post("/try/make", json={}, headers=headers)).status_code == 201
    assert len(set(made)) == 2


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "\u00e9".encode()])
async def test_a_key_that_is_none_is_422(client, sign_up, key):
    headers = {**await sign_up(client), "Idempotency-Key": key}
    answer = await client.post("/try/make", json={}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"].lower() == "idempotency-key"
