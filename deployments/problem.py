"""Errors as RFC 9457 problem details (application/problem+json): the one place that renders them.

Whatever goes wrong (a DomainError, a request that does not validate, the router's own 404 and
405, an unexpected exception) leaves as the same object: `type` (a URN made of the error's slug),
`title`, `status`, `detail`, `instance` (the path) and `errors`. What is echoed of the input is
short, never of a field that holds a secret, and never a whole object.
"""

import math
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from models import errors
from models.base import Model
from models.errors import DomainError, FieldError
from models.expectations import expectation

MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:jobray:problem:"
_SECRETS = {
    "password": "a password",
    "token": "a token",
    "secret": "a secret",
    "authorization": "a header",
}
"""Names that hold a secret, by a word in them, and what their value is called instead."""
_SHOWN_MAX = 80


class Problem(Model):
    """A problem detail as the OpenAPI document describes it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: tuple[FieldError, ...] = ()


class MethodNotAllowed(DomainError):
    slug, status, title = "method-not-allowed", 405, "This method does nothing here"


class InternalError(DomainError):
    slug, status, title = "internal", 500, "Something went wrong on our side"


_BY_STATUS: dict[int, type[DomainError]] = {
    cls.status: cls
    for cls in (
        errors.MalformedBody,
        errors.Unauthenticated,
        errors.Forbidden,
        errors.NotFound,
        MethodNotAllowed,
        errors.Conflict,
        errors.TooLarge,
        errors.UnsupportedMediaType,
        errors.InvalidInput,
        errors.TooManyRequests,
        errors.Unavailable,
    )
}


def problem_body(error: DomainError, instance: str) -> dict[str, Any]:
    """The problem detail object of this error at this path."""
    return {
        "type": _TYPE_PREFIX + error.slug,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "errors": [fault.model_dump(exclude_none=True) for fault in error.errors],
    }


def problem_headers(error: DomainError) -> dict[str, str]:
    """What a client must know to try again."""
    headers = {}
    if error.retry_after_s is not None:
        # Whole seconds (RFC 9110, 10.2.3), rounded up: coming early would only fail again.
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def problem_response(
    error: DomainError, *, instance: str, headers: dict[str, str] | None = None
) -> Response:
    """The response that tells of this error at this path."""
    body = _dump(problem_body(error, instance))
    return Response(body, error.status, {**problem_headers(error), **(headers or {})}, MEDIA_TYPE)


def _dump(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:  # a lone surrogate in a detail: say it in ASCII
        return orjson.dumps(_ascii(body))


def _ascii(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_ascii(key): _ascii(item) for key, item in value.items()}
    return [_ascii(item) for item in value] if isinstance(value, list) else value


def shown(value: object, *, names: Sequence[object]) -> str:
    """How an input is echoed: short, and only what it is where one of the names means a secret, or
    where it has no name and may hold anything."""
    if isinstance(value, UploadFile):
        return "a file"
    if isinstance(value, dict | list | tuple):
        return errors.kind_of(value)
    secret = _secret(names)
    if secret is not None and value is not None:
        if isinstance(value, str | bytes):
            return f"{secret} of {len(value)} characters"
        return errors.kind_of(value)
    if not names and isinstance(value, str | bytes):
        return "text"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "…"


def _secret(names: Sequence[object]) -> str | None:
    """What a value below these names is called, None where it is no secret."""
    steps = [str(name).lower() for name in names]
    return next((called for word, called in _SECRETS.items() if word in "\n".join(steps)), None)


def field_error(fault: dict[str, Any]) -> FieldError:
    """One fault of pydantic's list, told by where it is, what was expected and what was got."""
    where, *path = fault["loc"] or ("body",)
    kind, expected = fault["type"], expectation(fault)
    if kind == "missing":
        got = "nothing"
    elif kind == "extra_forbidden":
        got = f'the field "{str(path[-1])[:_SHOWN_MAX]}"'
    elif kind in ("too_short", "too_long"):
        got = f"an array of {fault['ctx']['actual_length']}"
    else:
        got = shown(fault.get("input"), names=path)
    if where == "body":
        return FieldError(pointer=json_pointer(path), expected=expected, got=got)
    return FieldError(parameter=str(path[0]) if path else str(where), expected=expected, got=got)


def json_pointer(path: Sequence[object]) -> str:
    """RFC 6901: `/` before each step, with `~` and `/` escaped."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    return problem_response(error, instance=request.url.path)


def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    faults = [field_error(fault) for fault in found if not _follows(fault, found)]
    return problem_response(errors.InvalidInput(errors=faults), instance=request.url.path)


def _follows(fault: dict[str, Any], faults: Sequence[dict[str, Any]]) -> bool:
    """Whether the fault only follows from another: pydantic drops the wrong items of an array and
    then calls what is left too short as well."""
    place = fault["loc"]
    inside = (other["loc"] for other in faults if len(other["loc"]) > len(place))
    return fault["type"] == "too_short" and any(loc[: len(place)] == place for loc in inside)


def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    cls = _BY_STATUS.get(error.status_code, InternalError)
    allow = (error.headers or {}).get("Allow")
    headers = {"Allow": allow} if allow else None
    return problem_response(cls(), instance=request.url.path, headers=headers)


def install(app: FastAPI) -> None:
    """Render every error that a route of this application raises."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)
