"""The plan of each kind of actor, in the store: read, wished for, carried out.

Whoever wants another number of shards writes it as a wish; the supervisor carries it out. A change
is made of the version that was read: of two who change a plan at once one begins again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from backends.documents.base import Documents, Insert
from backends.documents.collections import TOPOLOGY
from models.errors import Fenced, NotFound, VersionConflict
from models.topology import SCALED, ActorRole, Kind, Plan, Shards

TURN_POLL_S = 0.1
Sleep = Callable[[float], Awaitable[None]]


async def establish(documents: Documents, shards: Mapping[Kind, Shards]) -> None:
    """Store a plan of each kind that has none, with these many shards."""
    first = [Plan.first(kind, shards[kind]) for kind in SCALED]
    await documents.insert_absent(
        TOPOLOGY, [Insert(plan.kind, plan.model_dump(mode="json")) for plan in first]
    )


async def plans(documents: Documents, shards: Mapping[Kind, Shards]) -> tuple[Plan, ...]:
    """The plan of each kind; `shards` say how many where nothing is stored yet."""
    found = await documents.get_many(TOPOLOGY, SCALED)
    return tuple(
        Plan.from_store(found[kind].body) if kind in found else Plan.first(kind, shards[kind])
        for kind in SCALED
    )


async def change(documents: Documents, kind: Kind, how: Callable[[Plan], Plan]) -> Plan:
    """Replace the plan by what `how` makes of it. Raises NotFound where there is none yet."""
    while True:
        found = await documents.get(TOPOLOGY, kind)
        before = Plan.from_store(found.body)
        after = how(before)
        if after == before:
            return before
        body = after.model_dump(mode="json")
        try:
            await documents.replace(TOPOLOGY, kind, body, expected_version=found.version)
        except VersionConflict:
            continue
        return after


async def turn(documents: Documents, role: ActorRole, *, sleep: Sleep = asyncio.sleep) -> None:
    """Wait until the role's generation is the current one. Raises Fenced where it is not wanted
    any more, Unavailable."""
    while True:
        try:
            found = await documents.get(TOPOLOGY, role.kind)
        except NotFound:
            return  # nothing has ever been changed: there is but the first generation
        plan = Plan.from_store(found.body)
        if plan.current.number == role.generation:
            return
        if plan.next is None or plan.next.number != role.generation:
            raise Fenced(f"{role.name} is of a generation that was replaced")
        await sleep(TURN_POLL_S)


def working(found: Iterable[Plan]) -> tuple[ActorRole, ...]:
    """Every role that is at work."""
    return tuple(role for plan in found for role in plan.working)
