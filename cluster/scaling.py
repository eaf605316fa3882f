"""`jobray scale`: how many of each actor there shall be.

It writes the wish into the store and waits while the supervisor carries it out: the next ones load,
take over, and what the others left behind is tidied. Nothing is lost where it is ended meanwhile.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, get_args

import typer

from cluster import system
from cluster.console import console, spinner, with_ports
from cluster.settings import Settings, load
from models.errors import FieldError, InvalidInput
from models.topology import SHARDS, Kind, Plan, Shards
from services.operations import topology
from services.ports import Ports

POLL_S = 0.25
KINDS: Mapping[str, Kind] = {
    "indexes": "index",
    "matchers": "matcher",
    "processors": "processor",
    "notifiers": "notifier",
}


def scale(
    wishes: Annotated[list[str], typer.Argument(help="For example: matchers=2 notifiers=2")],
    wait: Annotated[bool, typer.Option(help="Wait until they have taken over.")] = True,
    timeout_s: Annotated[float, typer.Option(help="For how many seconds.")] = 300.0,
) -> None:
    """Change how many indexes, matchers, processors or notifiers there are, while all goes on."""
    wished = read_wishes(wishes)
    settings = load()
    is_nobody_here = system.nothing_runs(settings)

    async def work(ports: Ports) -> None:
        await _wish(ports, settings, wished)
        if is_nobody_here:
            console.print("Nothing runs here: it is done after the next `jobray up`.")
        elif wait:
            with spinner() as shown:
                task = shown.add_task("Loading")
                async with asyncio.timeout(timeout_s):
                    while left := _left(await topology.plans(ports.documents, {}), wished):
                        shown.update(task, description=left)
                        await asyncio.sleep(POLL_S)
            counts = ", ".join(f"{name} {number}" for name, number in wished.items())
            console.print(f"At work: {counts}.")

    try:
        with_ports(settings, work)
    except TimeoutError:
        raise system.StartError(
            f"not done after {timeout_s:.0f} s, and still to be done; `jobray status` shows "
            "whether the supervisor serves"
        ) from None


def read_wishes(wishes: Sequence[str]) -> dict[str, Shards]:
    """How many of each kind, by the names of KINDS. Raises InvalidInput."""
    return dict(_read(wish) for wish in wishes)


def _read(wish: str) -> tuple[str, Shards]:
    name, _, number = wish.partition("=")
    if name not in KINDS:
        raise _refused(wish, f"one of {', '.join(KINDS)}, then = and a number", name)
    found: list[Shards] = [n for n in get_args(Shards) if str(n) == number]
    if not found:
        raise _refused(wish, f"{name}= and one of {', '.join(map(str, SHARDS))}", number)
    return name, found[0]


def _refused(wish: str, expected: str, got: str) -> InvalidInput:
    fault = FieldError(parameter=wish, expected=expected, got=got or "nothing")
    return InvalidInput("these numbers of actors are not possible", errors=(fault,))


async def _wish(ports: Ports, settings: Settings, wished: Mapping[str, Shards]) -> None:
    await topology.establish(ports.documents, settings.topology.shards)
    for name, number in wished.items():
        await _change(ports, KINDS[name], number)


async def _change(ports: Ports, kind: Kind, number: Shards) -> None:
    await topology.change(ports.documents, kind, lambda plan: plan.wished(number))


def _left(plans: Sequence[Plan], wished: Mapping[str, Shards]) -> str:
    """What is still to be done; empty where nothing is."""
    kinds = {KINDS[name] for name in wished}
    loading = [plan.kind for plan in plans if plan.kind in kinds and plan.next]
    tidying = [plan.kind for plan in plans if plan.kind in kinds and plan.retired]
    if loading:
        return f"Loading: {', '.join(loading)}"
    return f"Taking over: {', '.join(tidying)}" if tidying else ""
