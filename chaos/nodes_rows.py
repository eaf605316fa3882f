"""What becomes of the system when a node of its cluster dies, freezes, or loses its head.

Each row makes a cluster of its own (`chaos.nodes`) on private servers. People come in through a
node that stays. The cluster counts as back when every actor serves on a node that is left, or, when
the head was lost, when HTTP through the new head tells that they all do.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from chaos.nodes import Nodes
from chaos.outage import Probe, longest_gap_s
from chaos.outcome import Outcome
from chaos.row import Goal, Row
from chaos.site import HEAD, WORKERS
from chaos.stage import launch, server_settings
from chaos.trial import Trial
from models.topology import SUPERVISOR

BACK_S = 20.0
IN_FLIGHT = 20
"""Mails that two notifiers send at once, ten each: what their death may repeat."""
SETTLE_S = 120.0
"""What a lost notifier had in flight goes out once it has a successor."""
FLOW = 15
TWO_OF_EACH = {
    f"JOBRAY_TOPOLOGY_{kind}": "2" for kind in ("INDEXES", "MATCHERS", "PROCESSORS", "NOTIFIERS")
}
GIVEN_UP_S = 120.0


@dataclass(frozen=True, slots=True)
class HeadLoss:
    """Seconds until every actor was reached through the head again, and the longest time without
    HTTP through a worker meanwhile; the names of actors that were restarted."""

    back_s: float
    gap_s: float
    restarted: tuple[str, ...]


def lose_worker(nodes: Nodes, name: str, *, raylet_only: bool = False) -> float:
    """Kill a worker, or its raylet alone; the seconds until every actor serves elsewhere."""
    nodes.kill(name, raylet_only=raylet_only)
    return _seconds_until_moved(nodes, name)


def freeze_worker(nodes: Nodes, name: str, *, raylet_only: bool = False) -> float:
    """Freeze a worker, or its raylet alone; the seconds until every actor serves elsewhere. Then
    wake it, the raylet last: return when its actors, which have successors, were all fenced, and
    the node that was given up has ended. A supervisor is not fenced: two of them do no harm."""
    nodes.wait_ready(HEAD)
    actors = nodes.actors(HEAD).items()
    zombies = {each for each, seen in actors if seen.node == name and each != SUPERVISOR}
    before = nodes.fenced()
    nodes.freeze(name, raylet_only=raylet_only)
    seconds = _seconds_until_moved(nodes, name)
    nodes.thaw(name, but_raylet=True)

    def all_fenced() -> bool:
        now = nodes.fenced()
        return all(now[zombie] > before[zombie] for zombie in zombies)

    nodes.wait_until(all_fenced, f"not all of {sorted(zombies)} were fenced", GIVEN_UP_S)
    nodes.thaw(name)
    nodes.wait_until(lambda: not nodes.pids(name), f"{name} lives on", GIVEN_UP_S)
    return seconds


def lose_head(nodes: Nodes) -> HeadLoss:
    """Kill the head and start it again at once, while somebody asks a worker for HTTP."""
    entrance = WORKERS[0]
    nodes.wait_ready(entrance)
    before = pids(nodes, entrance)
    with Probe(nodes.at(entrance).url) as probe:
        begun = time.monotonic()
        nodes.restart_head()
        nodes.wait_ready(HEAD)
        back = time.monotonic()
    nodes.wait_ready(entrance)
    changed = before.items() ^ pids(nodes, entrance).items()
    return HeadLoss(
        back_s=back - begun,
        gap_s=longest_gap_s(probe.attempts, begun, back),
        restarted=tuple(sorted({name for name, _ in changed})),
    )


def pids(nodes: Nodes, entrance: str) -> dict[str, int]:
    """The process of each actor."""
    return {name: actor.pid for name, actor in nodes.actors(entrance).items()}


def _seconds_until_moved(nodes: Nodes, name: str) -> float:
    def moved() -> bool:
        actors = nodes.actors(HEAD).values()
        return bool(actors) and all(
            actor.state == "serving" and actor.node not in (name, None) for actor in actors
        )

    return nodes.wait_until(moved, f"not every actor has left {name}")


@contextmanager
def _cluster(trial: Trial) -> Iterator[Nodes]:
    """A cluster of the row's own, on servers of its own."""
    trial.stage.clear()
    backends = launch(trial.folder)
    try:
        settings = server_settings(backends) | trial.stage.mail_settings() | TWO_OF_EACH
        with Nodes(trial.folder / "nodes", **settings) as nodes:
            yield nodes
    finally:
        for server in backends.values():
            server.stop()


def _worker(trial: Trial, *, lose: Callable[[Nodes, str], float]) -> Outcome:
    """Lose one worker after the other; each is started again before the next one is lost, and by
    then all actors are on the one that is."""
    times = 1 if trial.short else 4
    with _cluster(trial) as nodes:
        with trial.load(nodes.at(HEAD)) as load:
            seconds = []
            for number in range(times):
                name = WORKERS[-1 - number % 2]
                load.flow(FLOW)
                seconds.append(lose(nodes, name))
                load.flow(FLOW)
                nodes.revive(name)
        return load.outcome(injected=times, recover_s=max(seconds), settle_s=SETTLE_S)


def _head(trial: Trial) -> Outcome:
    times = 1 if trial.short else 3
    with _cluster(trial) as nodes:
        with trial.load(nodes.at(WORKERS[0])) as load:
            losses = []
            for _ in range(times):
                load.flow(FLOW)
                losses.append(lose_head(nodes))
            load.flow(FLOW)
        restarted = sorted({name for loss in losses for name in loss.restarted})
        return load.outcome(
            injected=times,
            recover_s=max(loss.back_s for loss in losses),
            settle_s=SETTLE_S,
            faults=[f"{name} was restarted" for name in restarted],
            note=f"a worker's HTTP was away for {max(loss.gap_s for loss in losses):.1f} s at most",
        )


def _worker_row(name: str, fault: str, lose: Callable[[Nodes, str], float]) -> Row:
    text = f"every actor on another node in {BACK_S:.0f} s"
    goal = Goal(text, recover_s=BACK_S, copies=IN_FLIGHT)
    return Row(name, fault, goal, partial(_worker, lose=lose), short=False)


ROWS = (
    _worker_row("node", "a node killed, all of it", lose_worker),
    _worker_row("raylet", "raylet killed", partial(lose_worker, raylet_only=True)),
    _worker_row("node-frozen", "a node frozen and woken", freeze_worker),
    _worker_row(
        "raylet-frozen",
        "raylet frozen and woken, its actors go on beside their successors",
        partial(freeze_worker, raylet_only=True),
    ),
    Row(
        "head",
        "head killed (GCS, controller, dashboard), its state in Redis",
        Goal(f"back in {BACK_S:.0f} s, the actors are the same processes", recover_s=BACK_S),
        _head,
        short=False,
    ),
)
"""Not in the short form: tests/cluster/test_nodes.py shows them in CI, on one cluster."""
