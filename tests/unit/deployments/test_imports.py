"""`jobs/import` over HTTP: the body of api.md in every form, who may, limits, and progress."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from backends.documents.collections import IMPORTS, POSTINGS
from models.user import Role
from services.ports import Ports

PATH = "/api/v1/jobs/import"
GOOD = {"title": "Cook", "company": "Acme", "location": "Leeds, GB"}
BODIES = {
    "application/x-ndjson": orjson.dumps(GOOD) + b"\n" + orjson.dumps({"company": "Acme"}) + b"\n",
    "application/json": b"["
    + orjson.dumps(GOOD)
    + b",\n"
    + orjson.dumps({"company": "Acme"})
    + b"]",
    "text/csv": b'title,company,location\nCook,Acme,"Leeds, GB"\n,Acme,\n',
    "application/xml": b"<source><job><title>Cook</title><company>Acme</company></job>\n"
    b"<job><company>Acme</company></job></source>",
    "application/rss+xml": b"<rss><channel><title>Acme</title><item><title>Cook</title></item>\n"
    b"<item><guid>1</guid></item></channel></rss>",
}


async def posted(client: Any, headers: dict[str, str], body: Any, type_: str, **more: str) -> Any:
    return await client.post(PATH, content=body, headers={**headers, "Content-Type": type_, **more})


@pytest.mark.parametrize("type_", BODIES)
async def test_every_form(client: Any, sign_up: Any, ports: Ports, type_: str) -> None:
    headers = await sign_up(client, Role.EMPLOYER)
    answer = await posted(client, headers, BODIES[type_], type_)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert (told["accepted"], told["rejected_count"], told["status"]) == (1, 1, "finished")
    (rejection,) = told["rejected"]
    assert rejection["line"] == (3 if type_ == "text/csv" else 2)
    assert rejection["errors"][0]["pointer"] == "/title"
    assert await ports.documents.count(POSTINGS) == 1
    progress = await client.get(f"{PATH}/{told['import_id']}", headers=headers)
    assert (progress.status_code, progress.json()) == (200, told)


async def test_a_second_import_changes_nothing(
    client: Any, sign_up: Any, ports: Ports, clock: Any
) -> None:
    headers = await sign_up(client, Role.EMPLOYER)
    first = await posted(client, headers, BODIES["text/csv"], "text/csv")
    clock.advance(1)
    again = await posted(client, headers, BODIES["text/csv"], "text/csv")
    assert again.json()["unchanged"] == again.json()["accepted"] == 1
    assert again.json()["import_id"] != first.json()["import_id"]
    assert await ports.documents.count(POSTINGS) == 1


async def test_a_key_names_one_import(client: Any, sign_up: Any, ports: Ports) -> None:
    headers = {**await sign_up(client, Role.EMPLOYER), "Idempotency-Key": "k1"}
    first = await posted(client, headers, BODIES["text/csv"], "text/csv")
    again = await posted(client, headers, BODIES["text/csv"], "text/csv")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    changed = await posted(client, headers, BODIES["text/csv"] + b"Waiter,Acme,\n", "text/csv")
    assert (changed.status_code, changed.json()["type"]) == (
        422,
        "urn:jobray:problem:invalid-input",
    )
    assert changed.json()["errors"][0]["parameter"] == "Idempotency-Key"
    assert await ports.documents.count(POSTINGS) == 1
    other = {**await sign_up(client, Role.EMPLOYER), "Idempotency-Key": "k1"}
    third = await posted(client, other, BODIES["text/csv"], "text/csv")
    assert third.json()["import_id"] != first.json()["import_id"]


async def test_who_may(client: Any, sign_up: Any) -> None:
    employer = await sign_up(client, Role.EMPLOYER)
    body = BODIES["text/csv"]
    assert (await posted(client, {}, body, "text/csv")).status_code == 401
    assert (await posted(client, await sign_up(client), body, "text/csv")).status_code == 403
    made = (await posted(client, employer, body, "text/csv")).json()["import_id"]
    stranger = await sign_up(client, Role.EMPLOYER)
    assert (await client.get(f"{PATH}/{made}", headers=stranger)).status_code == 404
    assert (await client.get(f"{PATH}/{made}")).status_code == 401
    assert (await client.get(f"{PATH}/nothing", headers=employer)).status_code == 404


@pytest.mark.parametrize(
    "type_, body, status, slug",
    [
        ("image/png", b"x", 415, "unsupported-media-type"),
        ("application/xml", b"<html><body>Hi", 422, "invalid-input"),
        ("text/csv", b"\x1f\x8b\x08", 422, "invalid-input"),
    ],
)
async def test_what_is_not_read(
    client: Any, sign_up: Any, type_: str, body: bytes, status: int, slug: str
) -> None:
    answer = await posted(client, await sign_up(client, Role.EMPLOYER), body, type_)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:jobray:problem:{slug}")
    assert answer.json()["errors"]


async def test_a_body_that_breaks_off_says_where(client: Any, sign_up: Any) -> None:
    body = b"[" + orjson.dumps(GOOD) + b",\n" + b'{"title": "Wai'
    answer = await posted(client, await sign_up(client, Role.EMPLOYER), body, "application/json")
    told = answer.json()
    assert (told["status"], told["accepted"], told["rejected"][0]["line"]) == ("broken", 1, 2)


async def test_a_body_that_broke_off_is_replayed_under_its_key(client: Any, sign_up: Any) -> None:
    headers = {**await sign_up(client, Role.EMPLOYER), "Idempotency-Key": "k1"}
    body = b"[" + orjson.dumps(GOOD) + b",\n"
    first = await posted(client, headers, body, "application/json")
    again = await posted(client, headers, body, "application/json")
    assert (first.json()["status"], again.content) == ("broken", first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_body_of_which_nothing_can_be_read_leaves_its_key_free(
    client: Any, sign_up: Any, ports: Ports
) -> None:
    headers = {**await sign_up(client, Role.EMPLOYER), "Idempotency-Key": "k1"}
    refused = await posted(client, headers, b"", "application/x-ndjson")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"] == [
        {"pointer": "", "line": 1, "expected": "a JSON object a line", "got": "an empty file"}
    ]
    assert await ports.documents.count(IMPORTS) == 0
    mended = await posted(client, headers, BODIES["text/csv"], "text/csv")
    assert mended.json()["accepted"] == 1


async def test_a_body_is_streamed_and_bounded(serve: Any, sign_up: Any, ports: Ports) -> None:
    line = orjson.dumps({**GOOD, "description": "x" * 1000}) + b"\n"

    async def lines(count: int) -> AsyncIterator[bytes]:
        for number in range(count):
            yield line.replace(b"Cook", b"Cook %d" % number)

    async with serve(import_body_limit_bytes=1_500_000) as client:
        headers = await sign_up(client, Role.EMPLOYER)
        within = await posted(client, headers, lines(1_200), "application/x-ndjson")
        assert within.json()["accepted"] == 1_200
        beyond = await posted(client, headers, lines(2_000), "application/x-ndjson")
        assert beyond.status_code == 413
        declared = await posted(client, headers, line * 2_000, "application/x-ndjson")
        assert declared.status_code == 413
        assert await ports.documents.count(POSTINGS) < 2_000


async def test_the_document_names_every_form(serve: Any) -> None:
    async with serve(roles=("accounts", "imports")) as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert set(paths[PATH]) == {"post"}
    assert set(BODIES) <= set(paths[PATH]["post"]["requestBody"]["content"])
