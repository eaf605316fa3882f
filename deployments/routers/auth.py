"""Signing up, in and out, and staying signed in: everything below `auth/`."""

import asyncio
from time import monotonic
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from pydantic import StringConstraints
from starlette.responses import Response

from deployments.context import context_of
from deployments.deps import (
    PUBLIC,
    CallerDep,
    PasswordsDep,
    PortsDep,
    SettingsDep,
    TokensDep,
    json_response,
)
from deployments.limits import charge
from deployments.people import Me, me
from models.base import Model
from models.posting import Name
from models.user import Role
from services.people import accounts, sessions
from services.people.passwords import LENGTH_MAX, LENGTH_MIN
from services.people.sessions import Granted

router = APIRouter(prefix="/auth", tags=["auth"])

_Address = Annotated[str, StringConstraints(min_length=3, max_length=254)]


class Registration(Model):
    """A person's own account; nobody becomes an administrator here."""

    email: _Address
    name: Name
    password: Annotated[str, StringConstraints(min_length=LENGTH_MIN, max_length=LENGTH_MAX)]
    role: Literal["seeker", "employer"]


class Credentials(Model):
    """The OAuth2 password form (RFC 6749, 4.3.2); `username` is the e-mail address."""

    grant_type: Literal["password"] = "password"
    username: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=LENGTH_MAX)]
    scope: Annotated[str, StringConstraints(max_length=200)] = ""
    client_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    client_secret: Annotated[str, StringConstraints(max_length=200)] | None = None


class Renewal(Model):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class TokenAnswer(Model):
    """RFC 6749, 5.1; `expires_in` is seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]
    expires_in: int


async def few_tries(request: Request, ports: PortsDep, settings: SettingsDep) -> None:
    """Charge a try to sign in or up to the client's address."""
    context = context_of(request.scope)
    limit = settings.address_login_limit_per_minute
    await charge(ports.cache, context, f"sign-in:{context.address}", limit=limit)


FEW_TRIES = Depends(few_tries)


@router.post("/register", status_code=201, dependencies=[PUBLIC, FEW_TRIES], summary="Sign up")
async def register(
    body: Registration, ports: PortsDep, passwords: PasswordsDep, settings: SettingsDep
) -> Me:
    """Make an account. An address that has one already gets the same answer, in the same time, and
    nothing is stored: signing up tells no one who is here."""
    began = monotonic()
    user = await accounts.register(
        ports,
        passwords,
        email=body.email,
        name=body.name,
        password=body.password,
        role=Role(body.role),
    )
    await asyncio.sleep(settings.sign_up_floor_s - (monotonic() - began))
    return me(user)


@router.post(
    "/login/access-token",
    dependencies=[PUBLIC, FEW_TRIES],
    response_model=TokenAnswer,
    summary="Sign in",
)
async def login(
    request: Request,
    form: Annotated[Credentials, Form()],
    ports: PortsDep,
    passwords: PasswordsDep,
    tokens: TokensDep,
    settings: SettingsDep,
) -> Response:
    """Trade an e-mail address and a password for an access and a refresh token."""
    await charge(
        ports.cache,
        context_of(request.scope),
        "account:" + accounts.account_key(form.username),
        limit=settings.login_limit_per_minute,
    )
    granted = await accounts.login(
        ports, passwords, tokens, email=form.username, password=form.password
    )
    return _token_answer(granted)


@router.post(
    "/refresh", dependencies=[PUBLIC], response_model=TokenAnswer, summary="Stay signed in"
)
async def refresh(body: Renewal, ports: PortsDep, tokens: TokensDep) -> Response:
    """Trade a refresh token, which is spent by this, for new tokens. One that was spent before ends
    the session: a copy of it was taken."""
    return _token_answer(await sessions.refresh(ports, tokens, body.refresh_token))


@router.post("/logout", status_code=204, summary="Sign out")
async def logout(caller: CallerDep, ports: PortsDep) -> None:
    """End this session: its access and refresh tokens are refused from now on."""
    await sessions.revoke(ports, caller.session_id)


def _token_answer(granted: Granted) -> Response:
    body = {
        "access_token": granted.access_token,
        "refresh_token": granted.refresh_token,
        "token_type": "bearer",
        "expires_in": granted.expires_in,
    }
    return json_response(body, headers={"Cache-Control": "no-store"})
