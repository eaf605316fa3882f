"""Accounts: sign up and sign in, without telling anyone who has one.

Signing up with an address that is taken answers exactly as for a new one, and stores nothing
(docs/adr/0004-sign-up-tells-no-one.md). Signing in does the same work for an address nobody has.
"""

import hashlib
import unicodedata

from email_validator import EmailNotValidError, validate_email

from backends.documents.collections import USERS
from backends.documents.filters import Eq
from models.base import new_id
from models.errors import (
    DuplicateKey,
    FieldError,
    InvalidInput,
    NotFound,
    Unauthenticated,
    VersionConflict,
)
from models.user import Role, User
from services.intake.records import WRITE_TRIES, contended
from services.people import sessions
from services.people.passwords import Passwords, check_password
from services.people.sessions import Granted
from services.people.tokens import Tokens
from services.ports import Ports


def normal_email(address: str) -> str:
    """The one form an address is stored and compared in: NFKC, lower case, domain as Unicode.
    Raises InvalidInput (pointer "/email"). No DNS is asked."""
    try:
        valid = validate_email(
            unicodedata.normalize("NFKC", address.strip()),
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        fault = FieldError(pointer="/email", expected="an e-mail address", got="another text")
        raise InvalidInput(errors=[fault]) from error
    return valid.normalized.lower()


def account_key(address: str) -> str:
    """What tries to sign in are counted under: the same for every way to write an address, whether
    it has an account or not; hashed, because a cache is no place for addresses."""
    try:
        address = normal_email(address)
    except InvalidInput:
        address = address.strip().lower()
    return hashlib.sha256(address.encode()).hexdigest()


async def register(
    ports: Ports, passwords: Passwords, *, email: str, name: str, password: str, role: Role
) -> User:
    """A new user, whose address is not verified yet. For an address that is taken the answer looks
    the same and nothing is stored. Raises InvalidInput for a bad address or password."""
    email = normal_email(email)
    check_password(password, email=email)
    user = User(
        id=new_id(),
        email=email,
        name=name,
        role=role,
        password_hash=await passwords.hash(password),
        created_at=ports.clock(),
    )
    try:
        await ports.documents.insert(USERS, user.id, user.model_dump(mode="json"))
    except DuplicateKey:
        return user
    return user


async def login(
    ports: Ports, passwords: Passwords, tokens: Tokens, *, email: str, password: str
) -> Granted:
    """A new session. Raises Unauthenticated, alike and after the same work, for an unknown address,
    a wrong password and a disabled user."""
    user = await _user_by_email(ports, email)
    good = await passwords.verify(user.password_hash if user else None, password)
    if user is None or not good or user.disabled_at is not None:
        raise Unauthenticated("the e-mail address or the password is wrong")
    return await sessions.begin(ports, tokens, user.id)


async def appoint(ports: Ports, email: str, role: Role) -> User:
    """Give the person of this address another role, from the next request on, and take the address
    for verified: the operator vouches for both. Nobody appoints himself. Raises NotFound,
    InvalidInput."""
    address = normal_email(email)
    for _ in range(WRITE_TRIES):
        page = await ports.documents.find(USERS, Eq("email", address), limit=1)
        if not page.items:
            raise NotFound("nobody has signed up with this address")
        document = page.items[0]
        appointed = {"role": role, "email_verified": True}
        user = User.from_store(document.body).model_copy(update=appointed)
        try:
            await ports.documents.replace(
                USERS, user.id, user.model_dump(mode="json"), expected_version=document.version
            )
        except VersionConflict:
            continue
        return user
    raise contended()


async def _user_by_email(ports: Ports, email: str) -> User | None:
    try:
        address = normal_email(email)
    except InvalidInput:
        return None
    page = await ports.documents.find(USERS, Eq("email", address), limit=1)
    return User.from_store(page.items[0].body) if page.items else None
