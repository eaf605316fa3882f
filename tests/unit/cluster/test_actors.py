"""The supervisor's fleet: while Ray's head is away its questions wait, and nobody else does."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from cluster import actors
from cluster.actors import Launcher
from cluster.settings import load
from models.topology import ActorRole


class Ray:
    """Ray whose head is away until `back` is set; `calls` are those that waited for it."""

    def __init__(self, *missing: str) -> None:
        self.back = threading.Event()
        self.missing = missing
        self.calls: list[str] = []
        self.waited = True

    def get_actor(self, name: str, *, namespace: str) -> Any:
        self._wait("get_actor")
        if name in self.missing:
            raise ValueError(name)
        return SimpleNamespace(status=Method((1, "serving")), stop=Method(None))

    def kill(self, actor: Any, *, no_restart: bool) -> None:
        self._wait("kill")

    def create(self, role: ActorRole, settings: Any) -> None:
        self._wait("create")

    def _wait(self, call: str) -> None:
        self.calls.append(call)
        # On the loop nobody can set it.
        self.waited &= self.back.wait(5)
        self.back.clear()


class Method:
    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def remote(self) -> Any:
        return self._answer


@pytest.mark.parametrize(
    ("ask", "answer", "calls"),
    [
        (lambda fleet: fleet.ensure(ActorRole("matcher")), False, ["get_actor"]),
        (lambda fleet: fleet.ensure(ActorRole("index")), True, ["get_actor", "create"]),
        (lambda fleet: fleet.state("matcher:0"), "serving", ["get_actor"]),
        (lambda fleet: fleet.state("index:0"), "missing", ["get_actor"]),
        (lambda fleet: fleet.end("matcher:0"), None, ["get_actor", "kill"]),
        (lambda fleet: fleet.end("index:0"), None, ["get_actor"]),
        (lambda fleet: fleet.restart("matcher:0"), None, ["get_actor", "kill"]),
    ],
)
async def test_the_loop_goes_on_while_the_head_is_away(
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Launcher], Awaitable[Any]],
    answer: object,
    calls: list[str],
) -> None:
    ray = Ray("index:0")
    monkeypatch.setattr(actors, "ray", ray)
    monkeypatch.setattr(actors, "create", ray.create)
    asking = asyncio.ensure_future(ask(Launcher(load())))
    while not asking.done():
        await asyncio.sleep(0.001)
        ray.back.set()
    assert (await asking, ray.calls, ray.waited) == (answer, calls, True)
