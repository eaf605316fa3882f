"""What routes ask for: pages, idempotent writes, the trace."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import APIRouter
from starlette.responses import Response

from deployments.deps import (
    PUBLIC,
    CallerDep,
    OnceDep,
    OptionalCallerDep,
    OriginDep,
    PageDep,
    stored_json,
)
from deployments.routing import taken_over
from models.base import utc_now
from services.operations.journeys import Trace, trace_of

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
made: list[str] = []
router = APIRouter(prefix="/try")


@router.get("/page", dependencies=[PUBLIC])
async def page(page: PageDep) -> list[Any]:
    return [page.limit, page.cursor]


@router.get("/trace", dependencies=[PUBLIC])
async def trace(origin: OriginDep) -> str | None:
    return origin.traceparent


@router.get("/received", dependencies=[PUBLIC])
async def received(origin: OriginDep) -> datetime | None:
    await asyncio.sleep(0.01)
    return origin.received_at


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
    app.router.routes.extend(taken_over(router, prefix=""))
    return client


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


async def test_a_request_is_known_by_when_it_arrived(client):
    before = utc_now()
    received = datetime.fromisoformat((await client.get("/try/received")).json())
    assert before <= received <= utc_now() - timedelta(seconds=0.01)


async def test_a_trace_is_taken_over_or_begun(client):
    assert (await client.get("/try/trace", headers={"traceparent": TRACE})).json() == TRACE
    for broken in (None, "", "x", TRACE[:-1], "ff" + TRACE[2:], TRACE.replace("4", "0").upper()):
        headers = {} if broken is None else {"traceparent": broken}
        begun = (await client.get("/try/trace", headers=headers)).json()
        version, trace_id, span_id, flags = begun.split("-")
        assert (version, len(trace_id), len(span_id), flags) == ("00", 32, 16, "01")
        assert begun != TRACE
        assert trace_of(begun) == Trace(trace_id, None)


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
