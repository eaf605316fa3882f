"""What may be a password, and what hashing one costs."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher, extract_parameters

from models.errors import InvalidInput, Unavailable
from services.people.passwords import Passwords, check_password, common_passwords


@pytest.fixture
def passwords():
    passwords = Passwords()
    yield passwords
    passwords.close()


async def test_a_hash_is_argon2id_of_the_stated_cost(passwords):
    parameters = extract_parameters(await passwords.hash("correct horse"))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19456, 2, 1)


async def test_a_password_is_verified_whole_and_salted(passwords):
    long = "x1" * 64
    one, two = await passwords.hash(long), await passwords.hash(long)
    assert one != two
    assert await passwords.verify(one, long)
    assert not await passwords.verify(one, long[:-1])
    assert not await passwords.verify(one, long + "x")


async def test_one_password_typed_in_two_forms_is_one(passwords):
    composed, decomposed = "gr\u00fc\u00dfe aus Genf", "gru\u0308\u00dfe aus Genf"
    assert await passwords.verify(await passwords.hash(composed), decomposed)


async def test_nobody_has_a_password_and_a_broken_hash_opens_nothing(passwords):
    assert not await passwords.verify(None, "correct horse")
    assert not await passwords.verify("", "correct horse")
    assert not await passwords.verify("not a hash", "correct horse")


async def test_nobody_costs_the_same_work(passwords, monkeypatch):
    """Not measured in time, which lies on a busy machine: the same function runs as often, over
    hashes of the same parameters."""
    hashed = []
    verify = PasswordHasher.verify

    def counted(self, password_hash, password):
        hashed.append(extract_parameters(password_hash))
        return verify(self, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    await passwords.verify(await passwords.hash("correct horse"), "wrong")
    await passwords.verify(None, "wrong")
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]


async def test_only_so_many_run_at_once_and_wait(monkeypatch):
    passwords = Passwords(workers=2, waiting=3)
    go, running, peak = threading.Event(), 0, 0
    lock = threading.Lock()

    def slow(password):
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
        go.wait(10)
        with lock:
            running -= 1
        return "hash"

    monkeypatch.setattr(passwords, "_hash", slow)
    tasks = [asyncio.create_task(passwords.hash("x")) for _ in range(6)]
    refused, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=5)
    assert [type(task.exception()) for task in refused] == [Unavailable]
    go.set()
    assert await asyncio.gather(*(task for task in tasks if task not in refused)) == ["hash"] * 5
    assert peak == 2
    assert await passwords.hash("x") == "hash"
    passwords.close()


def test_more_than_the_3000_most_common_are_known():
    common = common_passwords()
    assert len(common) > 3000
    assert all(len(word) >= 8 and word == word.lower() for word in common)
    assert {"password", "12345678", "qwertyuiop", "1qaz2wsx", "iloveyou"} <= common


@pytest.mark.parametrize(
    "password,fine",
    [
        ("a" * 7, False),
        ("aK9$xw2!", True),
        ("x1" * 32, True),
        ("x1" * 64, True),
        ("x1" * 64 + "y", False),
        ("password", False),
        ("PassWord", False),
        ("iloveyou", False),
        ("ada@example.org", False),
        ("correct horse battery staple", True),
    ],
)
def test_what_may_be_a_password(password, fine):
    if fine:
        check_password(password, email="ada@example.org")
        return
    with pytest.raises(InvalidInput) as refused:
        check_password(password, email="ada@example.org")
    (fault,) = refused.value.errors
    assert fault.pointer == "/password"
    assert password not in fault.got
