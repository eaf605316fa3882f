"""Turns: a role begins when its generation is the current one, and never where it was replaced."""

import asyncio

import pytest

from models.errors import Fenced
from models.topology import SCALED, ActorRole, Kind, Shards
from services.operations import topology
from services.ports import Ports

ONE: dict[Kind, Shards] = dict.fromkeys(SCALED, 1)
SECOND = ActorRole("matcher", 0, 2, 2)


async def wish(ports: Ports, shards: Shards) -> None:
    await topology.change(ports.documents, "matcher", lambda plan: plan.wished(shards))


async def take_over(ports: Ports) -> None:
    await topology.change(ports.documents, "matcher", lambda plan: plan.taken_over())


async def test_the_first_generation_needs_no_plan(ports: Ports) -> None:
    await topology.turn(ports.documents, ActorRole("matcher"))
    await topology.establish(ports.documents, ONE)
    await topology.turn(ports.documents, ActorRole("matcher"))


async def test_the_next_waits_for_its_turn(ports: Ports) -> None:
    await topology.establish(ports.documents, ONE)
    await wish(ports, 2)
    slept = 0

    async def sleep(seconds: float) -> None:
        nonlocal slept
        slept += 1
        if slept == 3:
            await take_over(ports)

    await topology.turn(ports.documents, SECOND, sleep=sleep)
    assert slept == 3


async def test_who_was_replaced_is_fenced(ports: Ports) -> None:
    await topology.establish(ports.documents, ONE)
    await wish(ports, 2)
    await take_over(ports)
    with pytest.raises(Fenced):
        await topology.turn(ports.documents, ActorRole("matcher"))
    await wish(ports, 4)
    await wish(ports, 2)
    with pytest.raises(Fenced):
        await topology.turn(ports.documents, ActorRole("matcher", 0, 4, 3))


async def test_a_stored_plan_is_not_overwritten_by_the_settings(ports: Ports) -> None:
    await topology.establish(ports.documents, ONE)
    await topology.establish(ports.documents, dict.fromkeys(SCALED, 4))
    assert {p.current.shards for p in await topology.plans(ports.documents, ONE)} == {1}


async def test_of_two_who_wish_at_once_both_are_heard_in_turn(ports: Ports) -> None:
    await topology.establish(ports.documents, ONE)
    await asyncio.gather(wish(ports, 2), wish(ports, 4))
    [plan] = [p for p in await topology.plans(ports.documents, ONE) if p.kind == "matcher"]
    assert plan.next is not None
    assert plan.made == 3
    assert [gone.number for gone in plan.retired] == [2]
