"""Whatever goes wrong leaves as application/problem+json and tells nothing it should not."""

from typing import Annotated, Literal

import pytest
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from structlog.testing import capture_logs

from deployments.deps import PUBLIC
from deployments.problem import json_pointer, shown
from deployments.routing import taken_over
from models.posting import Plain

LOGIN = "/api/v1/auth/login/access-token"
REGISTER = "/api/v1/auth/register"
REFRESH = "/api/v1/auth/refresh"


def problem_of(answer, status):
    """The problem of this answer, which has the shape every problem has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) >= {"type", "title", "status", "detail", "instance", "errors"}
    assert body["status"] == status
    assert body["type"].startswith("urn:jobray:problem:")
    return body


async def test_the_routers_own_404_and_405(client):
    assert problem_of(await client.get("/nothing"), 404)["instance"] == "/nothing"
    refused = await client.delete("/health")
    assert problem_of(refused, 405)["type"].endswith("method-not-allowed")
    assert refused.headers["allow"] == "GET"


async def test_an_unexpected_exception_tells_nothing_of_the_inside(app, client):
    router = APIRouter()

    @router.get("/broken", dependencies=[PUBLIC])
    async def broken() -> None:
        raise RuntimeError("the password of the store is hunter2")

    app.router.routes.extend(taken_over(router, prefix=""))
    with capture_logs() as logs:
        answer = await client.get("/broken", headers={"X-Request-ID": "abc-1"})
    body = problem_of(answer, 500)
    assert "hunter2" not in answer.text
    assert body["detail"] == body["title"]
    assert answer.headers["x-request-id"] == "abc-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [(line["event"], line["log_level"]) for line in logs] == [("request failed", "error")]


BROKEN_BODIES = [
    (b'{"refresh_token": "x",}', 400, 21),
    (b"{", 400, 1),
    (b'{"refresh_token": "\xff"}', 400, None),
    (b"[" * 100_000, 400, None),
    (b'{"refresh_token": NaN}', 422, 18),
    (b'{"refresh_token": -Infinity}', 422, None),
    (b'{"refresh_token": 1e999}', 422, 18),
    (b'{"refresh_token": "\\ud800"}', 422, 19),
    (b'{"\\udc00": 1}', 422, 2),
]


@pytest.mark.parametrize("body,status,position", BROKEN_BODIES)
async def test_json_that_is_none(client, body, status, position):
    answer = await client.post(REFRESH, content=body, headers={"Content-Type": "application/json"})
    (fault,) = problem_of(answer, status)["errors"]
    assert fault["expected"] == "JSON (RFC 8259)"
    assert isinstance(fault["position"], int)
    if position is not None:
        assert fault["position"] == position


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/x+json", "application/jsonx", "application/xml", "", "json", "a/b\x7f"],
)
async def test_a_body_of_another_type_is_415(client, content_type):
    answer = await client.post(REFRESH, content=b"{}", headers={"Content-Type": content_type})
    (fault,) = problem_of(answer, 415)["errors"]
    assert fault["parameter"] == "Content-Type"


async def test_json_for_a_form_is_415(client):
    problem_of(await client.post(LOGIN, json={"username": "a", "password": "b"}), 415)


async def test_an_empty_body_is_a_missing_body(client):
    answer = await client.post(REFRESH, headers={"Content-Type": "application/json"})
    assert problem_of(answer, 422)["errors"][0]["got"] == "nothing"


@pytest.mark.parametrize("body", [[], 1, "text", None, True, {"refresh_token": {"$gt": ""}}])
async def test_json_of_another_shape_is_422(client, body):
    problem_of(await client.post(REFRESH, json=body), 422)


async def test_a_fault_names_where_it_is_and_what_was_expected(client):
    person = {"email": "a@example.org", "name": "", "password": "long enough 1", "role": "king"}
    body = problem_of(await client.post(REGISTER, json=person), 422)
    faults = {fault["pointer"]: fault for fault in body["errors"]}
    assert set(faults) == {"/name", "/role"}
    assert faults["/role"]["expected"] == "'seeker' or 'employer'"
    assert faults["/role"]["got"] == "king"


async def test_no_fault_echoes_a_secret(client):
    secret = "s3cret"
    forms = [
        client.post(REGISTER, json={"email": "a@example.org", "password": secret}),
        client.post(REGISTER, json={"password": secret, "name": 1, "email": [], "role": secret[0]}),
        client.post(REGISTER, json={"password": [secret]}),
        client.post(REFRESH, json={"refresh_token": [secret]}),
        client.post(REFRESH, json={"refresh_token": "", "password": secret, "token2": secret}),
        client.post(LOGIN, data={"username": "", "password": secret}),
        client.post(REFRESH, json=[{"refresh_token": secret}]),
        client.post(REFRESH, json=secret),
    ]
    for form in forms:
        answer = await form
        problem_of(answer, 422)
        assert secret not in answer.text


async def test_an_unknown_query_parameter_is_422(client):
    answer = await client.get("/health?verbose=1&b=2")
    faults = problem_of(answer, 422)["errors"]
    assert [fault["parameter"] for fault in faults] == ["verbose", "b"]


async def test_a_query_is_text(app, client):
    router = APIRouter()

    @router.get("/echo", dependencies=[PUBLIC])
    async def echo(q: str = "") -> str:
        return q

    app.router.routes.extend(taken_over(router, prefix=""))
    assert (await client.get("/echo?q=a%20b%0Ac")).json() == "a b\nc"
    (fault,) = problem_of(await client.get("/echo?q=a%00b"), 422)["errors"]
    assert fault == {
        "parameter": "q",
        "position": 1,
        "expected": "no control characters",
        "got": "U+0000",
    }
    problem_of(await client.get("/echo?q=%ff"), 422)
    problem_of(await client.get("/echo?" + "&".join(f"q={n}" for n in range(60))), 422)


async def test_a_query_refuses_the_control_characters_that_a_body_refuses(app, client):
    class Note(BaseModel):
        text: Annotated[str, Plain]

    router = APIRouter()

    @router.post("/note", dependencies=[PUBLIC])
    async def note(note: Note, text: str = "") -> None: ...

    app.router.routes.extend(taken_over(router, prefix=""))
    refused = {"query": [], "body": []}
    for number in range(0xA2):
        text = f"a{chr(number)}b"
        by_query = await client.post("/note", params={"text": text}, json={"text": "a"})
        by_body = await client.post("/note", json={"text": text})
        for kind, answer in (("query", by_query), ("body", by_body)):
            assert answer.status_code in (200, 422)
            if answer.status_code == 422:
                refused[kind].append(number)
    assert refused["query"] == refused["body"]
    assert 0x7F in refused["query"]


@pytest.mark.parametrize("path", ["/api/v1/jobs/%00", "/api/v1/%0d%0aX", "/" + "a" * 5000, "/%7f"])
async def test_a_path_that_is_no_path_is_404(client, path):
    problem_of(await client.get(path), 404)


async def test_what_routes_read_goes_over_with_the_route(app, client):
    class Note(BaseModel):
        model_config = ConfigDict(extra="forbid")
        amount: float

    router = APIRouter(prefix="/notes")

    @router.put("/{name}", status_code=202, dependencies=[PUBLIC])
    async def put(name: str, note: Note) -> Note:
        return note

    app.router.routes.extend(taken_over(router, prefix="/x"))
    answer = await client.put("/x/notes/a", json={"amount": 1.5})
    assert (answer.status_code, answer.json()) == (202, {"amount": 1.5})
    body = problem_of(await client.put("/x/notes/a", json={"amount": 1, "owner_id": "me"}), 422)
    assert body["errors"] == [
        {
            "pointer": "/owner_id",
            "expected": "no field of this name",
            "got": 'the field "owner_id"',
        }
    ]


def test_a_pointer_escapes_what_rfc_6901_escapes():
    assert json_pointer(["a/b", "~c", 0]) == "/a~1b/~0c/0"


@pytest.mark.parametrize(
    "value,text",
    [
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ({"password": "x"}, "an object"),
        ([1], "an array"),
        ("x" * 100, "x" * 80 + "…"),
    ],
)
def test_what_is_echoed_is_short_and_flat(value, text):
    assert shown(value, names=["name"]) == text


@pytest.mark.parametrize(
    "field,got", [("username", "a file"), ("password", "a file"), ("grant_type", "a file")]
)
async def test_a_file_in_the_place_of_a_text_is_called_one(client, field, got):
    form = {"username": "a@example.org", "password": "a long enough passphrase"}
    form.pop(field, None)
    answer = await client.post(
        "/api/v1/auth/login/access-token", data=form, files={field: ("name.txt", b"s3cret")}
    )
    (fault,) = problem_of(answer, 422)["errors"]
    assert (fault["pointer"], fault["got"]) == (f"/{field}", got)
    assert "name.txt" not in answer.text


def test_what_has_no_name_or_a_secret_one_is_not_echoed():
    assert shown("s3cret", names=[]) == "text"
    assert shown(b"s3cret", names=[]) == "text"
    assert shown("s3cret", names=["refresh_token"]) == "a token of 6 characters"
    assert shown("s3cret", names=["Password"]) == "a password of 6 characters"
    assert shown("s3cret", names=["client_secret", 0]) == "a secret of 6 characters"
    assert shown(b"s3cret", names=["authorization"]) == "a header of 6 characters"
    assert shown(123456, names=["password"]) == "a number"
    assert shown(None, names=["password"]) == "null"


async def test_a_short_password_is_told_by_its_length(client):
    person = {"email": "a@example.org", "name": "A", "password": "s3cret", "role": "seeker"}
    (fault,) = problem_of(await client.post(REGISTER, json=person), 422)["errors"]
    assert (fault["pointer"], fault["got"]) == ("/password", "a password of 6 characters")


class Letters(BaseModel):
    names: Annotated[tuple[Literal["a", "b"], ...], Field(min_length=1)]


@pytest.mark.parametrize(
    "names,faults",
    [
        ([], [("/names", "an array of at least 1", "an array of 0")]),
        (["x"], [("/names/0", "'a' or 'b'", "x")]),
        (["x", "y"], [("/names/0", "'a' or 'b'", "x"), ("/names/1", "'a' or 'b'", "y")]),
    ],
)
async def test_an_array_of_wrong_items_is_not_called_too_short_as_well(app, client, names, faults):
    router = APIRouter()

    @router.post("/letters", dependencies=[PUBLIC])
    async def letters(body: Letters) -> None: ...

    app.router.routes.extend(taken_over(router, prefix=""))
    told = problem_of(await client.post("/letters", json={"names": names}), 422)["errors"]
    assert [(each["pointer"], each["expected"], each["got"]) for each in told] == faults
