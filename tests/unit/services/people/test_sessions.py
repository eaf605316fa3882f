"""A session: its tokens, their rotation, and what ends it."""

import asyncio

import pytest

from backends.documents.collections import SESSIONS, USERS
from models.base import new_id
from models.errors import Unauthenticated
from models.user import Role, User
from services.people import sessions
from services.people.tokens import Tokens

WEEK_S = 7 * 24 * 3600


@pytest.fixture
def tokens():
    return Tokens(
        "a-secret-of-a-test-with-32-bytes-or-more",
        previous_secret=None,
        issuer="jobray",
        audience="jobray-api",
        access_ttl_s=900,
        refresh_ttl_s=WEEK_S,
    )


@pytest.fixture
async def user(ports, clock):
    user = User(
        id=new_id(),
        email="ada@example.org",
        name="Ada",
        role=Role.SEEKER,
        password_hash="-",
        created_at=clock(),
    )
    await ports.documents.insert(USERS, user.id, user.model_dump(mode="json"))
    return user


async def refused(awaitable):
    with pytest.raises(Unauthenticated):
        await awaitable


async def test_a_session_names_its_user(ports, tokens, user, clock):
    granted = await sessions.begin(ports, tokens, user.id)
    caller = await sessions.authenticate(ports, tokens, granted.access_token)
    assert caller.user == user
    assert (caller.expires_at - clock()).total_seconds() == granted.expires_in == 900


async def test_rotation_keeps_the_session_alive_for_as_long_as_it_is_used(
    ports, tokens, user, clock
):
    granted = await sessions.begin(ports, tokens, user.id)
    for _ in range(3):
        clock.advance(WEEK_S - 1)
        granted = await sessions.refresh(ports, tokens, granted.refresh_token)
        await sessions.authenticate(ports, tokens, granted.access_token)
    clock.advance(WEEK_S)
    await refused(sessions.refresh(ports, tokens, granted.refresh_token))
    assert await ports.documents.count(SESSIONS) == 1


async def test_a_spent_token_ends_the_whole_family(ports, tokens, user):
    first = await sessions.begin(ports, tokens, user.id)
    second = await sessions.refresh(ports, tokens, first.refresh_token)
    third = await sessions.refresh(ports, tokens, second.refresh_token)
    await refused(sessions.refresh(ports, tokens, first.refresh_token))
    await refused(sessions.refresh(ports, tokens, third.refresh_token))
    for each in (first, second, third):
        await refused(sessions.authenticate(ports, tokens, each.access_token))


async def test_a_spent_token_ends_no_other_session(ports, tokens, user):
    taken, other = [await sessions.begin(ports, tokens, user.id) for _ in range(2)]
    await sessions.refresh(ports, tokens, taken.refresh_token)
    await refused(sessions.refresh(ports, tokens, taken.refresh_token))
    await sessions.authenticate(ports, tokens, other.access_token)


async def test_of_two_uses_at_once_one_is_a_second_use(ports, tokens, user):
    granted = await sessions.begin(ports, tokens, user.id)
    answers = await asyncio.gather(
        *(sessions.refresh(ports, tokens, granted.refresh_token) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Unauthenticated) for answer in answers) == 3
    (won,) = [answer for answer in answers if not isinstance(answer, Exception)]
    await refused(sessions.authenticate(ports, tokens, won.access_token))


async def test_revoking_holds_at_once_and_twice_is_fine(ports, tokens, user):
    granted = await sessions.begin(ports, tokens, user.id)
    caller = await sessions.authenticate(ports, tokens, granted.access_token)
    await sessions.revoke(ports, caller.session_id)
    await sessions.revoke(ports, caller.session_id)
    await sessions.revoke(ports, new_id())
    await refused(sessions.authenticate(ports, tokens, granted.access_token))
    await refused(sessions.refresh(ports, tokens, granted.refresh_token))


async def test_sessions_are_forgotten_when_their_time_is_over(ports, tokens, user, clock):
    for _ in range(3):
        await sessions.begin(ports, tokens, user.id)
    clock.advance(WEEK_S - 1)
    kept = await sessions.begin(ports, tokens, user.id)
    caller = await sessions.authenticate(ports, tokens, kept.access_token)
    await sessions.revoke(ports, caller.session_id)
    assert await sessions.forget_expired(ports) == 0
    clock.advance(1)
    assert [await sessions.forget_expired(ports, limit=2) for _ in range(3)] == [2, 1, 0]
    [left] = (await ports.documents.find(SESSIONS)).items
    assert left.id == caller.session_id


async def test_a_session_renewed_meanwhile_is_kept(ports, tokens, user, clock, monkeypatch):
    granted = await sessions.begin(ports, tokens, user.id)
    caller = await sessions.authenticate(ports, tokens, granted.access_token)
    clock.advance(WEEK_S)
    found = await ports.documents.find(SESSIONS)

    async def as_it_was(*arguments, **options):
        return found

    document = found.items[0]
    await ports.documents.replace(SESSIONS, document.id, document.body, expected_version=1)
    monkeypatch.setattr(ports.documents, "find", as_it_was)
    await sessions.forget_expired(ports)
    assert (await ports.documents.get(SESSIONS, caller.session_id)).version == 2


async def test_a_session_that_is_not_stored_is_none(ports, tokens, user, clock):
    issued = {"user_id": user.id, "session_id": new_id(), "jti": new_id(), "now": clock()}
    await refused(sessions.authenticate(ports, tokens, tokens.issue("access", **issued)))
    await refused(sessions.refresh(ports, tokens, tokens.issue("refresh", **issued)))
