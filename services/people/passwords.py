"""Passwords: what may be one, and Argon2id over it (RFC 9106; OWASP's 19 MiB, t=2, p=1).

Hashing takes 19 MiB and tens of milliseconds, so it runs in a few threads of its own (argon2 lets
go of the interpreter lock) and only so many may wait; beyond that the edge says 503 instead of
piling up. A user who does not exist costs the same work, against a hash nobody knows a password of.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from models.errors import FieldError, InvalidInput, Unavailable

LENGTH_MIN, LENGTH_MAX = 8, 128
"""Characters. The upper bound only limits the work; nothing is ever cut off."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
Result = TypeVar("Result")
_COMMON_FILE = Path(__file__).parent / "common_passwords.txt"


@cache
def common_passwords() -> frozenset[str]:
    """The passwords of `common_passwords.txt`, most common first in the file; all lower case."""
    lines = _COMMON_FILE.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def check_password(password: str, *, email: str) -> None:
    """Raises InvalidInput for a password that is too short, too long, or known to everyone."""
    expected = None
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        expected = f"{LENGTH_MIN} to {LENGTH_MAX} characters"
    elif password.casefold() in common_passwords():
        expected = "a password that is not among the most common ones"
    elif password.casefold() == email.casefold():
        expected = "a password other than the e-mail address"
    if expected is not None:
        got = f"{len(password)} characters"
        fault = FieldError(pointer="/password", expected=expected, got=got)
        raise InvalidInput(errors=[fault])


class Passwords:
    """Hashes and verifies; at most `workers` at once, at most `waiting` in line."""

    def __init__(self, *, workers: int = 2, waiting: int = 64) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._capacity = workers + waiting
        self._busy = 0
        # Made now, so that not even the first unknown user takes longer than a known one.
        self._nobody = _nobodys_hash()

    async def hash(self, password: str) -> str:
        """The PHC string of this password. Raises Unavailable when too many wait."""
        return await self._run(self._hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the password; None stands for a user who does not exist and costs the
        same. Raises Unavailable when too many wait."""
        return await self._run(self._verify, password_hash, password)

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[..., Result], *args: object) -> Result:
        if self._busy >= self._capacity:
            raise Unavailable("too many people are signing in at this moment")
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        finally:
            self._busy -= 1

    def _hash(self, password: str) -> str:
        return _HASHER.hash(_normal(password))

    def _verify(self, password_hash: str | None, password: str) -> bool:
        try:
            return _HASHER.verify(password_hash or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys_hash() -> str:
    """Of a password that was thrown away; one a process."""
    return _HASHER.hash(secrets.token_hex(32))


def _normal(password: str) -> str:
    """NFKC, so that one password typed on two keyboards is one (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
