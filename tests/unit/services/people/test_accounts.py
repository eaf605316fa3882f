"""Signing up and in: one form of an address, and nothing told about who has an account."""

import pytest

from backends.documents.collections import SESSIONS, USERS
from models.errors import InvalidInput, NotFound, Unauthenticated
from models.user import Role
from services.people import accounts
from services.people.passwords import Passwords
from services.people.tokens import Tokens

PASSWORD = "a long enough passphrase"


@pytest.fixture
def passwords():
    passwords = Passwords()
    yield passwords
    passwords.close()


@pytest.fixture
def tokens():
    return Tokens(
        "a-secret-of-a-test-with-32-bytes-or-more",
        previous_secret=None,
        issuer="jobray",
        audience="jobray-api",
        access_ttl_s=900,
        refresh_ttl_s=604_800,
    )


async def register(ports, passwords, **changed):
    person = {
        "email": "ada@example.org",
        "name": "Ada",
        "password": PASSWORD,
        "role": Role.SEEKER,
        **changed,
    }
    return await accounts.register(ports, passwords, **person)


@pytest.mark.parametrize(
    "written,normal",
    [
        ("ada@example.org", "ada@example.org"),
        (" Ada@EXAMPLE.org ", "ada@example.org"),
        ("\uff21da@example.org", "ada@example.org"),
        ("ada@xn--bcher-kva.example", "ada@b\u00fccher.example"),
        ("ada+jobs@example.org", "ada+jobs@example.org"),
    ],
)
def test_an_address_has_one_form(written, normal):
    assert accounts.normal_email(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "a b@example.org",
        "a@b@example.org",
        "ada@example..org",
        "ada@example.org\r\nBcc: all@example.org",
        "a\u0000@example.org",
        "ada@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_refused_and_not_echoed(written):
    with pytest.raises(InvalidInput) as refused:
        accounts.normal_email(written)
    (fault,) = refused.value.errors
    assert (fault.pointer, fault.got) == ("/email", "another text")


async def test_a_new_user_is_stored_without_his_password(ports, passwords, clock):
    user = await register(ports, passwords, email="Ada@Example.org")
    stored = await ports.documents.get(USERS, user.id)
    assert stored.body["email"] == "ada@example.org"
    assert stored.body["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in str(stored.body)
    assert user.created_at == clock()
    assert not user.email_verified


async def test_a_taken_address_changes_nothing(ports, passwords):
    first = await register(ports, passwords)
    ghost = await register(ports, passwords, email="ADA@example.org", role=Role.EMPLOYER)
    assert ghost.id != first.id
    assert ghost.email == first.email
    assert await ports.documents.count(USERS) == 1
    stored = await ports.documents.get(USERS, first.id)
    assert (stored.version, stored.body["role"]) == (1, "seeker")


async def test_a_sign_in_begins_a_session(ports, passwords, tokens, clock):
    user = await register(ports, passwords)
    granted = await accounts.login(
        ports, passwords, tokens, email="ADA@example.org", password=PASSWORD
    )
    claims = tokens.read("access", granted.access_token, now=clock())
    assert claims.user_id == user.id
    session = await ports.documents.get(SESSIONS, claims.session_id)
    assert session.body["user_id"] == user.id


async def test_no_sign_in_says_why_it_failed(ports, passwords, tokens):
    user = await register(ports, passwords)
    await register(ports, passwords, email="off@example.org")
    page = await ports.documents.find(USERS)
    (other,) = [each for each in page.items if each.id != user.id]
    off = {**other.body, "disabled_at": "2026-11-21T09:00:00.000000Z"}
    await ports.documents.replace(USERS, other.id, off, expected_version=1)
    told = []
    for email, password in [
        ("ada@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("nonsense", PASSWORD),
        ("off@example.org", PASSWORD),
    ]:
        with pytest.raises(Unauthenticated) as refused:
            await accounts.login(ports, passwords, tokens, email=email, password=password)
        told.append(refused.value.detail)
    assert len(set(told)) == 1
    assert await ports.documents.count(SESSIONS) == 0


async def test_every_failed_sign_in_verifies_one_hash(ports, passwords, tokens, monkeypatch):
    await register(ports, passwords)
    verified = []
    verify = passwords.verify

    async def counted(password_hash, password):
        verified.append(password_hash)
        return await verify(password_hash, password)

    monkeypatch.setattr(passwords, "verify", counted)
    for email in ("ada@example.org", "nobody@example.org", "nonsense"):
        with pytest.raises(Unauthenticated):
            await accounts.login(ports, passwords, tokens, email=email, password="wrong")
    assert len(verified) == 3


async def test_an_operator_appoints_and_nobody_else(ports, passwords):
    made = await accounts.register(
        ports, passwords, email="ada@example.org", name="Ada", password=PASSWORD, role=Role.SEEKER
    )
    appointed = await accounts.appoint(ports, " Ada@Example.org", Role.ADMIN)
    assert (appointed.id, appointed.role) == (made.id, Role.ADMIN)
    assert appointed.email_verified
    assert not made.email_verified
    stored = await ports.documents.get(USERS, made.id)
    assert stored.body["role"] == "admin"
    with pytest.raises(NotFound):
        await accounts.appoint(ports, "bob@example.org", Role.ADMIN)
