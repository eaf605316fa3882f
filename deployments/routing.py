"""Routes that are closed to what they did not declare.

Every router's routes are taken over into the application as `ClosedRoute`s, so that no router has
to remember these rules: a query parameter that the route does not declare is refused; a body comes
with the content type the route reads, is UTF-8, and is JSON as RFC 8259 has it (no NaN, no lone
surrogate), read once by orjson.

Each must declare who may use it; the rule stands in the OpenAPI document as `x-access`.

Routes are taken over one by one rather than included as a router, because FastAPI matches an
included router twice, once to find it and once inside it. Routes are matched in order, so a route
first compares the fixed beginning of its path, which costs a fifth of its regular expression.
"""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Form, Query
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from deployments.deps import declared_access, is_marker
from models.errors import FieldError, InvalidInput, MalformedBody, UnsupportedMediaType

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_JSON_TYPE = re.compile(r"application/(?:json|[a-z0-9.\-]+\+json)")
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_QUERY_FIELDS_MAX = 50


class ClosedRoute(APIRoute):
    """A route that refuses what it does not declare, and reads JSON strictly."""

    def __init__(self, path: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(path, *args, **kwargs)
        self._fixed = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if not scope["path"].startswith(self._fixed):
            return Match.NONE, {}
        return super().matches(scope)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        declared = frozenset(
            field.alias
            for field in get_flat_params(self.dependant)
            if isinstance(field.field_info, Query)
        )
        is_form = self.body_field is not None and isinstance(self.body_field.field_info, Form)
        is_json = self.body_field is not None and not is_form

        async def closed(request: Request) -> Response:
            if query := request.scope["query_string"]:
                _check_query(query, declared)
            if is_json:
                request = StrictJsonRequest(request.scope, request.receive)
                await request.load()
            elif is_form:
                _check_form_type(request)
            return await handle(request)

        return closed


class StrictJsonRequest(Request):
    """A request whose JSON was read by `load`, before any of it is validated."""

    async def load(self) -> None:
        """Raises UnsupportedMediaType, MalformedBody (with the position) or InvalidInput."""
        body = await self.body()
        if not body:
            return
        media_type = _media_type(self)
        if not _JSON_TYPE.fullmatch(media_type):
            raise _unsupported("application/json", media_type)
        self._json = _strict_json(body)

    async def json(self) -> Any:
        return self._json


def taken_over(router: APIRouter, *, prefix: str) -> list[BaseRoute]:
    """The routes of this router below `prefix`, as an application serves them; they know nothing
    of it. Half a millisecond for each. Raises ValueError for a route that does not declare exactly
    one rule of access."""
    taken = APIRouter()
    for route in router.routes:
        if isinstance(route, APIRoute):
            access = {"x-access": declared_access(route)}
            taken.add_api_route(
                prefix + route.path,
                route.endpoint,
                methods=route.methods,
                status_code=route.status_code or 200,
                # Markers have spoken: as dependencies they would only cost time.
                dependencies=[each for each in route.dependencies if not is_marker(each)],
                openapi_extra={**(route.openapi_extra or {}), **access},
                route_class_override=ClosedRoute,
                **{name: getattr(route, name) for name in _CARRIED_OVER},
            )
        elif isinstance(route, APIWebSocketRoute):
            declared_access(route)
            taken.add_api_websocket_route(
                prefix + route.path, route.endpoint, route.name, dependencies=route.dependencies
            )
        else:
            raise TypeError(f"this kind of route is not taken over: {route!r}")
    return taken.routes


_CARRIED_OVER = (
    "response_model",
    "tags",
    "summary",
    "description",
    "response_description",
    "responses",
    "deprecated",
    "operation_id",
    "response_model_include",
    "response_model_exclude",
    "response_model_by_alias",
    "response_model_exclude_unset",
    "response_model_exclude_defaults",
    "response_model_exclude_none",
    "include_in_schema",
    "response_class",
    "name",
)


def _check_query(query: bytes, declared: frozenset[str]) -> None:
    try:
        raw = parse_qsl(
            query.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=_QUERY_FIELDS_MAX,
        )
    except ValueError as error:
        expected = f"at most {_QUERY_FIELDS_MAX} fields"
        broken = FieldError(parameter="query", expected=expected, got="more")
        raise InvalidInput(errors=[broken]) from error
    pairs = [(_utf8(name, of="query"), _utf8(value, of=name)) for name, value in raw]
    faults = [_query_fault(name, value, declared) for name, value in pairs]
    if found := [fault for fault in faults if fault is not None]:
        raise InvalidInput(errors=found)


def _utf8(text: str, *, of: str) -> str:
    """The text whose bytes were read as Latin-1. Raises InvalidInput, by parameter."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        broken = FieldError(parameter=of[:80], expected="UTF-8 text", got="other bytes")
        raise InvalidInput(errors=[broken]) from error


def _query_fault(name: str, value: str, declared: frozenset[str]) -> FieldError | None:
    if name not in declared:
        known = ", ".join(sorted(declared)) or "no parameter"
        return FieldError(parameter=name[:80], expected=known, got="a parameter of this name")
    for position, character in enumerate(value):
        if _is_control(character):
            return FieldError(
                parameter=name,
                position=position,
                expected="no control characters",
                got=f"U+{ord(character):04X}",
            )
    return None


def _is_control(character: str) -> bool:
    """As the texts of a posting have it (`models.posting.Plain`)."""
    return character == "\x7f" or (character < " " and character not in "\t\n\r")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _unsupported(expected: str, got: str) -> UnsupportedMediaType:
    fault = FieldError(parameter="Content-Type", expected=expected, got=got[:80] or "nothing")
    return UnsupportedMediaType(errors=[fault])


def _check_form_type(request: Request) -> None:
    media_type = _media_type(request)
    if media_type not in _FORM_TYPES:
        raise _unsupported(" or ".join(_FORM_TYPES), media_type)


def _strict_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        text, position = error.msg, error.pos
    fault = FieldError(pointer="", position=position, expected="JSON (RFC 8259)", got=text)
    if _is_lenient_json(body):
        # The grammar holds, a value does not: NaN, a number beyond any double, a lone surrogate.
        raise InvalidInput(errors=[fault])
    raise MalformedBody(f"not JSON at character {position}: {text}", errors=[fault])


def _is_lenient_json(body: bytes) -> bool:
    try:
        json.loads(body.decode())  # of bytes it would guess the encoding
    except (ValueError, RecursionError):
        return False
    return True
