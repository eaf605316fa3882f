"""Sessions: who is signed in, and the family of refresh tokens each sign-in begins.

A session names the one refresh token that is good (`refresh_jti`). Refreshing spends it and names
the next; presenting a spent one means that a copy was taken, so the whole session is revoked. The
session is read on each request, so signing out holds from that moment for access tokens as well.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from backends.documents.base import Document
from backends.documents.collections import SESSIONS, USERS
from backends.documents.filters import Lte
from models.base import new_id, timestamp
from models.errors import NotFound, Unauthenticated, VersionConflict
from models.user import Session, User
from services.people.tokens import Claims, Tokens
from services.ports import Ports


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request; `expires_at` is the end of the access token that says so."""

    user: User
    session_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """The tokens of a sign-in or a refresh; `expires_in` seconds is the access token's time."""

    access_token: str
    refresh_token: str
    expires_in: int


async def begin(ports: Ports, tokens: Tokens, user_id: str) -> Granted:
    """A new session of this user, with its first tokens."""
    now = ports.clock()
    session = Session(
        id=new_id(),
        user_id=user_id,
        refresh_jti=new_id(),
        created_at=now,
        expires_at=now + tokens.refresh_ttl,
    )
    await ports.documents.insert(SESSIONS, session.id, session.model_dump(mode="json"))
    return _grant(tokens, session, now)


async def authenticate(ports: Ports, tokens: Tokens, access_token: str) -> Caller:
    """The caller this access token stands for. Raises Unauthenticated where the token is not good,
    its session is over, or its user is disabled or gone. Costs two reads by id."""
    now = ports.clock()
    claims = tokens.read("access", access_token, now=now)
    try:
        session = _session(await ports.documents.get(SESSIONS, claims.session_id))
        found = await ports.documents.get(USERS, claims.user_id)
    except NotFound as error:
        raise Unauthenticated("the session is over") from error
    user = User.from_store(found.body)
    if not _is_live(session, claims, now) or user.disabled_at is not None:
        raise Unauthenticated("the session is over")
    return Caller(user, session.id, claims.expires_at)


async def refresh(ports: Ports, tokens: Tokens, refresh_token: str) -> Granted:
    """Spend this refresh token for new tokens. Raises Unauthenticated; a token that was spent
    before revokes its session."""
    claims = tokens.read("refresh", refresh_token, now=ports.clock())
    while True:
        document = await _live_session(ports, claims)
        session = _session(document)
        if session.refresh_jti != claims.jti:
            await revoke(ports, session.id)
            raise Unauthenticated("the token was used before; sign in again")
        now = ports.clock()
        renewed = session.model_copy(
            update={"refresh_jti": new_id(), "expires_at": now + tokens.refresh_ttl}
        )
        try:
            await ports.documents.replace(
                SESSIONS,
                session.id,
                renewed.model_dump(mode="json"),
                expected_version=document.version,
            )
        except VersionConflict:
            continue  # someone spent it in this moment: look again, and find it spent
        return _grant(tokens, renewed, now)


async def revoke(ports: Ports, session_id: str) -> None:
    """End the session; every token of it is refused from now on. Fine if it has ended."""
    while True:
        try:
            document = await ports.documents.get(SESSIONS, session_id)
            session = _session(document)
            if session.revoked_at is not None:
                return
            ended = session.model_copy(update={"revoked_at": ports.clock()})
            await ports.documents.replace(
                SESSIONS,
                session_id,
                ended.model_dump(mode="json"),
                expected_version=document.version,
            )
        except NotFound:
            return
        except VersionConflict:
            continue
        return


async def forget_expired(ports: Ports, *, limit: int = 500) -> int:
    """Delete up to `limit` sessions whose time is over, revoked or not; returns how many. Every
    token of them is refused already."""
    over = Lte("expires_at", timestamp(ports.clock()))
    page = await ports.documents.find(SESSIONS, over, limit=limit)
    for document in page.items:
        with suppress(NotFound, VersionConflict):  # somebody else deleted or renewed it meanwhile
            await ports.documents.delete(SESSIONS, document.id, expected_version=document.version)
    return len(page.items)


async def _live_session(ports: Ports, claims: Claims) -> Document:
    """The session of a refresh token, if it and its user still stand."""
    try:
        document = await ports.documents.get(SESSIONS, claims.session_id)
        user = User.from_store((await ports.documents.get(USERS, claims.user_id)).body)
    except NotFound as error:
        raise Unauthenticated("the session is over") from error
    if not _is_live(_session(document), claims, ports.clock()) or user.disabled_at is not None:
        raise Unauthenticated("the session is over")
    return document


def _session(document: Document) -> Session:
    return Session.from_store(document.body)


def _is_live(session: Session, claims: Claims, now: datetime) -> bool:
    return (
        session.user_id == claims.user_id
        and session.revoked_at is None
        and session.expires_at > now
    )


def _grant(tokens: Tokens, session: Session, now: datetime) -> Granted:
    issue = partial(tokens.issue, user_id=session.user_id, session_id=session.id, now=now)
    return Granted(
        access_token=issue("access", jti=new_id()),
        refresh_token=issue("refresh", jti=session.refresh_jti),
        expires_in=int(tokens.access_ttl.total_seconds()),
    )
