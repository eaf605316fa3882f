"""`/docs` and `/openapi.json`: the API described by itself, without any server but this one.

Swagger UI comes from the files of the package fastapi-offline and starts from a script of ours, so
that a policy without inline scripts holds; only its styles are inline. The OpenAPI document (3.1)
lists every error a route can answer with: derived from what the route declares, and those of its
own that it names under `responses`.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.responses import Response

from deployments.deps import PUBLIC, Access
from deployments.headers import CONTENT_POLICY
from deployments.problem import MEDIA_TYPE, Problem
from models.errors import NotFound

router = APIRouter(tags=["operating"], dependencies=[PUBLIC], include_in_schema=False)

FIRST_ERROR = 400
_POLICY = CONTENT_POLICY + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_START = b"""SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
});
"""
_PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jobray API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""


@router.get("/docs")
async def page() -> Response:
    headers = {"Content-Security-Policy": _POLICY}
    return Response(_PAGE, media_type="text/html", headers=headers)


@router.get("/docs/{name}")
async def asset(name: str) -> Response:
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _ASSETS:
        raise NotFound()
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(_asset(name), media_type=_ASSETS[name], headers=headers)


@router.get("/openapi.json")
async def document(request: Request) -> Response:
    return Response(_document(request.app), media_type="application/json")


@cache
def _asset(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()


def describe(app: FastAPI) -> None:
    """Let the application's OpenAPI document tell of every error."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_errors(
                app,
                get_openapi(
                    title=app.title, version=app.version, summary=app.summary, routes=app.routes
                ),
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it


def _document(app: FastAPI) -> bytes:
    return orjson.dumps(app.openapi())


def _with_errors(app: FastAPI, schema: dict[str, Any]) -> dict[str, Any]:
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                operation = schema["paths"][route.path_format][method.lower()]
                operation["responses"].pop("422", None)
                for status, title in _errors_of(route, operation):
                    operation["responses"].setdefault(str(status), {"description": title})
                for status, response in operation["responses"].items():
                    if int(status) >= FIRST_ERROR:
                        response.setdefault("content", _problem())
    return schema


def _problem() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _errors_of(route: APIRoute, operation: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """The statuses this route can fail with, from its access rule, parameters and body."""
    headers = {each["name"].lower() for each in operation.get("parameters", ())}
    yield 400, "The host or the body cannot be read"
    if operation["x-access"] != Access.PUBLIC or "security" in operation:
        yield 401, "Sign in to do this"
    if operation["x-access"] == Access.ROLE:
        yield 403, "You may not do this"
    if route.dependant.path_params:
        yield 404, "There is nothing here"
    if "idempotency-key" in headers:
        yield 409, "This contradicts what is stored, or is still being done"
    if "if-match" in headers:
        yield 412, "It was changed in between"
    if {"POST", "PUT", "PATCH"} & (route.methods or set()):
        yield 413, "The body is too large"
        yield 415, "This content type is not read here"
    yield 422, "The input is not valid"
    yield 429, "Too many requests"
    yield 500, "Something went wrong on our side"
    yield 503, "Not available right now"
