"""ETags: the guard of a write, and the answer to who has it already."""

import pytest
from fastapi import APIRouter, Request
from starlette.responses import Response

from deployments.deps import PUBLIC, json_response
from deployments.etags import IfMatch, etag_of, not_modified
from deployments.routing import taken_over

router = APIRouter(prefix="/try")


@router.get("/guard", dependencies=[PUBLIC])
async def guard(expected: IfMatch) -> int | None:
    return expected


@router.get("/version", dependencies=[PUBLIC])
async def version(request: Request) -> Response:
    headers = {"ETag": etag_of(3), "Vary": "Authorization"}
    return not_modified(request, headers) or json_response({"a": 1}, headers=headers)


@pytest.fixture
def client(app, client):
    app.router.routes.extend(taken_over(router, prefix=""))
    return client


@pytest.mark.parametrize(
    "given,expected",
    [(None, None), ("*", None), ('"3"', 3), (' "12" ', 12), ('"0"', 0)],
)
async def test_if_match_names_the_version_that_was_read(client, given, expected):
    headers = {} if given is None else {"If-Match": given}
    assert (await client.get("/try/guard", headers=headers)).json() == expected


@pytest.mark.parametrize(
    "given", ["3", 'W/"3"', '"x"', '"-1"', '""', '"1", "2"', '"3."', '"3.closed"', '"' + "9" * 30]
)
async def test_an_if_match_that_is_no_version_is_422(client, given):
    answer = await client.get("/try/guard", headers={"If-Match": given})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "If-Match"


@pytest.mark.parametrize("given", ['"3"', 'W/"3"', '"1", "3"', "*"])
async def test_what_the_client_has_is_not_sent_again(client, given):
    answer = await client.get("/try/version", headers={"If-None-Match": given})
    assert (answer.status_code, answer.content) == (304, b"")
    assert (answer.headers["etag"], answer.headers["vary"]) == ('"3"', "Authorization")


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"2"'}, {"If-None-Match": ""}])
async def test_what_the_client_does_not_have_is_sent(client, headers):
    answer = await client.get("/try/version", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"a": 1})
    assert answer.headers["etag"] == '"3"'
