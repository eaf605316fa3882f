"""One tree of errors, with what RFC 9457 needs; the edge renders all of them in one place."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.base import Model


class FieldError(Model):
    """One fault in the input: where it is, what was expected, what was found.

    `pointer` is an RFC 6901 JSON pointer into the body, `parameter` the name of a query, path or
    header parameter; `position` a 0-based character offset inside that value; `line` a 1-based
    line of an imported file.
    """

    pointer: str | None = None
    parameter: str | None = None
    position: int | None = None
    line: int | None = None
    expected: str
    got: str


def kind_of(value: object) -> str:
    """The kind of a JSON value: what an error tells of an input that it does not repeat."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "an object"
        case _:
            return "an array"


class DomainError(Exception):
    """Base of every error the product raises on purpose.

    `slug` names the problem type, `status` is its HTTP status, `title` a constant sentence,
    `detail` this occurrence. `retry_after_s` becomes a Retry-After header.
    """

    slug = "error"
    status = 500
    title = "The request failed"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.detail, self.errors, self.retry_after_s))


def _rebuild(
    cls: type[DomainError], detail: str, errors: tuple[FieldError, ...], retry_after_s: float | None
) -> DomainError:
    error = cls.__new__(cls)
    DomainError.__init__(error, detail, errors=errors, retry_after_s=retry_after_s)
    return error


class InvalidInput(DomainError):
    slug, status, title = "invalid-input", 422, "The input is not valid"


class MalformedBody(DomainError):
    slug, status, title = "malformed-body", 400, "The body cannot be read"


class InvalidQuery(InvalidInput):
    """A text in the alert language that is not valid; `errors` give the position."""

    slug, title = "invalid-query", "The query is not valid"


class Unauthenticated(DomainError):
    slug, status, title = "unauthenticated", 401, "Sign in to do this"


class Forbidden(DomainError):
    slug, status, title = "forbidden", 403, "You may not do this"


class NotFound(DomainError):
    slug, status, title = "not-found", 404, "There is nothing here"


class Conflict(DomainError):
    slug, status, title = "conflict", 409, "This contradicts what is stored"


class DuplicateKey(Conflict):
    """An insert or replace broke the unique index named `index`."""

    slug, title = "duplicate", "This exists already"

    def __init__(self, index: str, detail: str = "") -> None:
        super().__init__(detail or f"a document with this key exists already in index {index}")
        self.index = index

    def __reduce__(self) -> tuple[Any, ...]:
        return (DuplicateKey, (self.index, self.detail))


class VersionConflict(DomainError):
    """The document is not at the version the writer read."""

    slug, status, title = "version-conflict", 412, "It was changed in between"


class Fenced(DomainError):
    """A newer owner of this shard exists; this writer must stop."""

    slug, status, title = "fenced", 409, "A newer owner has taken over"


class TooLarge(DomainError):
    slug, status, title = "too-large", 413, "The body is too large"


class UnsupportedMediaType(DomainError):
    slug, status, title = "unsupported-media-type", 415, "This content type is not read here"


class TooManyRequests(DomainError):
    slug, status, title = "too-many-requests", 429, "Too many requests"


class Unavailable(DomainError):
    """A backend or an actor cannot answer now, and a retry is welcome. Where the answer to a write
    was lost, it may have been written: repeating it tells, by version, id or Idempotency-Key."""

    slug, status, title = "unavailable", 503, "Not available right now"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        retry_after_s: float | None = 1.0,
    ) -> None:
        super().__init__(detail, errors=errors, retry_after_s=retry_after_s)
