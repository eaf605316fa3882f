"""What a route may ask for: the ports, the caller, a page, an idempotent write.

Each route declares who may use it with exactly one of `PUBLIC`, `CallerDep`, `require(...)` or
`AUTHENTICATES_ITSELF`; an application with a route that does not refuses to start.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Query, Request, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute
from fastapi.security import OAuth2PasswordBearer
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection
from starlette.responses import Response

from deployments.context import context_of
from deployments.limits import charge
from deployments.settings import API_PREFIX, EdgeSettings
from models.errors import Forbidden, Unauthenticated
from models.user import Role
from services import idempotency
from services.idempotency import Stored
from services.intake.records import Origin
from services.people import sessions
from services.people.passwords import Passwords
from services.people.sessions import Caller
from services.people.tokens import Tokens
from services.ports import Ports

_bearer = OAuth2PasswordBearer(API_PREFIX + "/auth/login/access-token", auto_error=False)
BearerDep = Annotated[str | None, Depends(_bearer)]


async def ports_of(connection: HTTPConnection) -> Ports:
    ports: Ports = connection.app.state.ports
    return ports


async def settings_of(connection: HTTPConnection) -> EdgeSettings:
    settings: EdgeSettings = connection.app.state.settings
    return settings


async def tokens_of(connection: HTTPConnection) -> Tokens:
    tokens: Tokens = connection.app.state.tokens
    return tokens


async def passwords_of(connection: HTTPConnection) -> Passwords:
    passwords: Passwords = connection.app.state.passwords
    return passwords


async def origin_of(connection: HTTPConnection) -> Origin:
    """What a posting remembers of the request that brought it."""
    context = context_of(connection.scope)
    return Origin(context.traceparent, context.received_at)


PortsDep = Annotated[Ports, Depends(ports_of)]
SettingsDep = Annotated[EdgeSettings, Depends(settings_of)]
TokensDep = Annotated[Tokens, Depends(tokens_of)]
PasswordsDep = Annotated[Passwords, Depends(passwords_of)]
OriginDep = Annotated[Origin, Depends(origin_of)]


# Who may


class OptionalCaller(SecurityBase):
    """The caller where a token came; one that is not good is refused, not ignored. It is the scheme
    and reads the token itself, because each dependency costs every request some 9 µs."""

    def __init__(self, scheme: SecurityBase) -> None:
        self.model, self.scheme_name = scheme.model, scheme.scheme_name

    async def __call__(self, request: Request) -> Caller | None:
        token = await _bearer(request)
        if token is None:
            return None
        state = request.app.state
        caller = await sessions.authenticate(state.ports, state.tokens, token)
        await charge(
            state.ports.cache,
            context_of(request.scope),
            f"user:{caller.user.id}",
            limit=state.settings.rate_limit_per_minute,
        )
        return caller


optional_caller = OptionalCaller(_bearer)
OptionalCallerDep = Annotated[Caller | None, Depends(optional_caller)]


async def signed_in(caller: OptionalCallerDep) -> Caller:
    if caller is None:
        raise Unauthenticated("send an access token as Authorization: Bearer …")
    return caller


CallerDep = Annotated[Caller, Depends(signed_in)]


@dataclass(frozen=True, slots=True)
class require:
    """A dependency that gives the caller if he has one of these roles; an admin has them all."""

    roles: tuple[Role, ...]

    def __init__(self, *roles: Role) -> None:
        object.__setattr__(self, "roles", roles)

    async def __call__(self, caller: CallerDep) -> Caller:
        if caller.user.role not in (*self.roles, Role.ADMIN):
            allowed = " or ".join(self.roles)
            raise Forbidden(f"this is for the role {allowed}")
        return caller


async def may_post(
    caller: Annotated[Caller, Depends(require(Role.EMPLOYER))], settings: SettingsDep
) -> Caller:
    """The caller if he may publish postings: an employer whose address is confirmed, where this
    system asks for that, or an admin."""
    user = caller.user
    unconfirmed = user.role is not Role.ADMIN and not user.email_verified
    if settings.require_verified_employers and unconfirmed:
        raise Forbidden("confirm your e-mail address before you post")
    return caller


PosterDep = Annotated[Caller, Depends(may_post)]


async def everyone() -> None:
    """The marker of a route that needs no token."""


async def authenticates_itself() -> None:
    """The marker of a route that checks its own token: a first message, a signed link."""


PUBLIC = Depends(everyone)
AUTHENTICATES_ITSELF = Depends(authenticates_itself)


class Access(StrEnum):
    """Who may use a route, as it declares."""

    PUBLIC = "public"
    CALLER = "caller"
    ROLE = "role"
    ITSELF = "itself"


def is_marker(dependency: params.Depends) -> bool:
    """Whether this only declares a rule and does nothing."""
    return dependency in (PUBLIC, AUTHENTICATES_ITSELF)


def declared_access(route: APIRoute | APIWebSocketRoute) -> Access:
    """The rule this route declares. Raises ValueError where it is not exactly one."""
    rules = _rules(route.dependant)
    if len(rules) != 1:
        found = ", ".join(sorted(rules)) or "none"
        raise ValueError(f"{route.path} must declare one rule of access, not {found}")
    return rules.pop()


def _rules(dependant: Dependant) -> set[Access]:
    rules = set()
    for call in _calls(dependant):
        if call is everyone:
            rules.add(Access.PUBLIC)
        elif call is authenticates_itself:
            rules.add(Access.ITSELF)
        elif isinstance(call, require):
            rules.add(Access.ROLE)
        elif call is signed_in:
            rules.add(Access.CALLER)
    return rules - {Access.CALLER} if Access.ROLE in rules else rules


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)


# Answers


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer, made by orjson in one step: no model is built for it."""
    return Response(orjson.dumps(body), status, headers, "application/json")


@dataclass(frozen=True, slots=True)
class PageParams:
    """`limit` 1 to 100 items; `cursor` is the `next_cursor` of the page before."""

    limit: int
    cursor: str | None


async def page_params(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(min_length=1, max_length=2000)] = None,
) -> PageParams:
    return PageParams(limit, cursor)


PageDep = Annotated[PageParams, Depends(page_params)]


# Writes that happen once


@dataclass(frozen=True, slots=True)
class Once:
    """An `Idempotency-Key` and what it belongs to; without a key everything simply runs."""

    ports: Ports
    key: str | None
    route: str
    request_hash: str

    def entity_id(self, kind: str, user_id: str) -> str:
        """The id of what this request creates: the same one each time it is sent."""
        return idempotency.new_entity_id(kind, user_id, self.key)

    async def run(self, user_id: str, action: Callable[[], Awaitable[Stored]]) -> Response:
        """The answer of the action, or of its first run under this key."""
        stored = await idempotency.once(
            self.ports,
            scope=f"{user_id} {self.route}",
            key=self.key,
            request_hash=self.request_hash,
            action=action,
        )
        return Response(
            stored.body, stored.status, dict(stored.headers), media_type="application/json"
        )


async def once(
    request: Request,
    ports: PortsDep,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Chosen by the client, kept 24 hours: the same key has one effect.",
            pattern=r"^[\x21-\x7e]{1,200}$",
        ),
    ] = None,
) -> Once:
    route = f"{request.method} {request.url.path}"
    if key is None:
        return Once(ports, None, route, "")
    return Once(ports, key, route, hashlib.sha256(await request.body()).hexdigest())


OnceDep = Annotated[Once, Depends(once)]


def stored_json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Stored:
    """What an idempotent action returns: a JSON answer with its headers."""
    return Stored(status, tuple((headers or {}).items()), orjson.dumps(body))
