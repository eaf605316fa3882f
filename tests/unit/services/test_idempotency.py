"""A write under a key has one effect and one answer."""

import asyncio

import pytest

from backends.documents.base import Insert
from backends.documents.collections import ALERTS, IDEMPOTENCY
from models.errors import Conflict, InvalidInput, Unavailable
from services.idempotency import KEPT, LEASE, Stored, forget_expired, new_entity_id, once

ANSWER = Stored(201, (("Location", "/x"), ("ETag", '"1"')), '{"name":"Zürich"}'.encode())


class Counted:
    """An action that counts its runs; `fault` is what it raises."""

    def __init__(self, answer=ANSWER, fault=None):
        self.runs, self._answer, self._fault = 0, answer, fault

    async def __call__(self):
        self.runs += 1
        if self._fault is not None:
            raise self._fault
        return self._answer


def run(ports, action, *, key="k", scope="ada POST /x", request_hash="h"):
    return once(ports, scope=scope, key=key, request_hash=request_hash, action=action)


async def test_the_second_time_the_answer_is_replayed(ports):
    action = Counted()
    first = await run(ports, action)
    again = await run(ports, action)
    assert action.runs == 1
    assert first == ANSWER
    assert (again.status, again.body) == (ANSWER.status, ANSWER.body)
    assert again.headers == (*ANSWER.headers, ("Idempotency-Replayed", "true"))


async def test_without_a_key_everything_runs(ports):
    action = Counted()
    for _ in range(2):
        assert await run(ports, action, key=None) == ANSWER
    assert action.runs == 2
    assert await ports.documents.count(IDEMPOTENCY) == 0


async def test_a_key_is_of_one_user_and_route(ports):
    action = Counted()
    await run(ports, action, scope="ada POST /x")
    await run(ports, action, scope="bob POST /x")
    await run(ports, action, scope="ada POST /y")
    assert action.runs == 3


async def test_a_key_with_another_request_is_refused(ports):
    await run(ports, Counted())
    other = Counted()
    with pytest.raises(InvalidInput) as refused:
        await run(ports, other, request_hash="another")
    assert refused.value.errors[0].parameter == "Idempotency-Key"
    assert other.runs == 0


async def test_while_the_first_runs_the_second_is_told_to_wait(ports):
    began, go = asyncio.Event(), asyncio.Event()

    async def slow():
        began.set()
        await go.wait()
        return ANSWER

    first = asyncio.create_task(run(ports, slow))
    await began.wait()
    second = Counted()
    with pytest.raises(Conflict) as refused:
        await run(ports, second)
    assert refused.value.retry_after_s == 1
    assert second.runs == 0
    go.set()
    assert await first == ANSWER
    assert (await run(ports, second)).body == ANSWER.body
    assert second.runs == 0


async def test_of_many_at_once_one_runs(ports):
    action = Counted()
    answers = await asyncio.gather(*(run(ports, action) for _ in range(8)), return_exceptions=True)
    assert action.runs == 1
    assert all(isinstance(answer, Stored | Conflict) for answer in answers)
    assert ANSWER in answers


async def test_a_crash_in_between_blocks_the_key_for_its_lease_only(ports, clock):
    async def killed():
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await run(ports, killed)
    retry = Counted()
    clock.advance(LEASE.total_seconds() - 1)
    with pytest.raises(Conflict):
        await run(ports, retry)
    clock.advance(1)
    assert await run(ports, retry) == ANSWER
    assert retry.runs == 1


@pytest.mark.parametrize("fault", [InvalidInput("no"), Unavailable("down"), RuntimeError("bug")])
async def test_a_failure_frees_the_key(ports, fault):
    with pytest.raises(type(fault)):
        await run(ports, Counted(fault=fault))
    retry = Counted()
    assert await run(ports, retry) == ANSWER
    assert retry.runs == 1


async def test_a_failure_frees_the_key_even_where_that_cannot_be_stored(ports, monkeypatch):
    """A full disk takes neither the effect nor the end of the claim."""

    async def refuse(*_, **__):
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(ports.documents, "delete", refuse)
        with pytest.raises(Unavailable):
            await run(ports, Counted(fault=Unavailable("the disk is full")))
    assert await ports.documents.count(IDEMPOTENCY) == 1
    retry = Counted()
    assert await run(ports, retry) == ANSWER
    assert retry.runs == 1


async def test_an_action_that_outlives_its_lease_leaves_the_others_answer(ports, clock):
    other = Stored(201, (), b'{"by":"the retry"}')

    async def slow():
        clock.advance(LEASE.total_seconds())
        assert await run(ports, Counted(other)) == other
        return ANSWER

    assert await run(ports, slow) == ANSWER
    assert (await run(ports, Counted())).body == other.body


async def test_an_answer_is_kept_for_a_day_and_then_forgotten(ports, clock):
    action = Counted()
    await run(ports, action)
    clock.advance(KEPT.total_seconds() - 1)
    await run(ports, action)
    assert action.runs == 1
    assert await forget_expired(ports) == 0
    clock.advance(1)
    await run(ports, action)
    assert action.runs == 2
    clock.advance(KEPT.total_seconds())
    assert await forget_expired(ports) == 1
    assert await ports.documents.count(IDEMPOTENCY) == 0


async def test_a_create_that_ran_before_a_crash_has_one_effect(ports, clock):
    """The scenario the derived id is for: acted, crashed, retried."""

    async def create():
        id_ = new_entity_id("alert", "ada", "k")
        await ports.documents.insert_absent(ALERTS, [Insert(id_, {"user_id": "ada"})])
        return Stored(201, (), id_.encode())

    async def acted_and_killed():
        await create()
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await run(ports, acted_and_killed)
    clock.advance(LEASE.total_seconds())
    answer = await run(ports, create)
    assert await ports.documents.count(ALERTS) == 1
    assert (await ports.documents.get(ALERTS, answer.body.decode())).body["user_id"] == "ada"


def test_an_id_is_derived_from_the_key_and_new_without_one():
    assert new_entity_id("alert", "ada", "k") == new_entity_id("alert", "ada", "k")
    parts = [("alert", "ada", "k"), ("alert", "bob", "k"), ("job", "ada", "k"), ("job", "ada", "l")]
    assert len({new_entity_id(*each) for each in parts}) == 4
    assert new_entity_id("alert", "ada", None) != new_entity_id("alert", "ada", None)
