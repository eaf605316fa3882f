"""Three Ray nodes, two of each actor, on MongoDB, Pulsar and Redis: where a node dies, freezes, is
drained, or was the head, nothing is lost or told twice; nor where the number of matchers changes.

One cluster for all; each test leaves it whole. The loads are those of `python -m chaos`, judged by
the same oracle.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

import servers
from chaos.inbox import Inbox
from chaos.load import Load, Shape
from chaos.nodes import Nodes
from chaos.nodes_rows import (
    BACK_S,
    FLOW,
    TWO_OF_EACH,
    freeze_worker,
    lose_head,
    lose_worker,
)
from chaos.outcome import Outcome
from chaos.row import Goal, failures
from chaos.site import ADDRESSES, HEAD, WORKERS
from tests.contract.adapters import shared_server

pytestmark = pytest.mark.timeout(240)  # the first one starts the cluster
GOAL = Goal(f"back in {BACK_S:.0f} s", recover_s=BACK_S)
SHARED = 3
"""The goals are those of three machines of which none is starved; here one has the cores of all,
and others use it too."""
KINDS = ("index", "matcher", "notifier", "processor")

Loaded = Callable[[str], Load]


def shared_store(name: str) -> dict[str, str]:
    """The shared servers, with a database and a namespace of this name."""
    return {
        "JOBRAY_DOCUMENTS_URL": f"{shared_server('mongo-java')}/{name}",
        "JOBRAY_STREAM_URL": shared_server("pulsar"),
        "JOBRAY_STREAM_ADMIN_URL": servers.admin_url("pulsar"),
        "JOBRAY_STREAM_NAMESPACE": f"public/{name}",
        "JOBRAY_CACHE_URL": shared_server("redis"),
    }


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("nodes")
    store = shared_store(f"nodes-{Random().randrange(1 << 40):x}")
    with Nodes(folder, **store, **TWO_OF_EACH) as nodes:
        yield nodes


@pytest.fixture
def load(nodes: Nodes, tmp_path: Path) -> Loaded:
    """A load through the node of this name. Nobody wants mail: what a lost notifier had claimed
    comes due after a minute only."""

    def make(entrance: str) -> Load:
        seed = Random().randrange(1 << 32)
        print(f"seed {seed}")
        shape = Shape(mail=False)
        return Load(nodes.at(entrance), tmp_path, Random(seed), Inbox(tmp_path), shape)

    return make


def check(outcome: Outcome) -> None:
    print(outcome)
    assert failures(GOAL, outcome) == []
    assert (outcome.recover_s or 0.0) < SHARED * BACK_S


def homes_of(nodes: Nodes) -> list[tuple[str, str | None]]:
    """Kind and node of every actor, once all serve."""
    nodes.wait_ready(HEAD)
    return [(name.split(":")[0], actor.node) for name, actor in nodes.actors(HEAD).items()]


def test_a_posting_is_told_and_the_actors_are_spread(nodes: Nodes, load: Loaded) -> None:
    with load(HEAD) as traffic:
        traffic.flow(FLOW)
    check(traffic.outcome(injected=0))
    homes = Counter(homes_of(nodes))
    assert {homes[kind, worker] for kind in KINDS for worker in WORKERS} == {1}, homes
    assert sum(homes.values()) == len(KINDS) * len(WORKERS) + 1, "the supervisor is the only other"


def test_a_frozen_node_wakes_up_and_is_fenced(nodes: Nodes, load: Loaded) -> None:
    with load(HEAD) as traffic:
        traffic.flow(FLOW)
        seconds = freeze_worker(nodes, WORKERS[1])
        traffic.flow(FLOW)
        nodes.revive(WORKERS[1])
    check(traffic.outcome(injected=1, recover_s=seconds))


def test_a_node_killed_under_load_loses_nothing(nodes: Nodes, load: Loaded) -> None:
    """The one that stayed last time: by now every actor is on it."""
    assert {home for _, home in homes_of(nodes)} == {WORKERS[0]}
    with load(HEAD) as traffic:
        traffic.flow(FLOW)
        seconds = lose_worker(nodes, WORKERS[0])
        traffic.flow(FLOW)
        nodes.revive(WORKERS[0])
    check(traffic.outcome(injected=1, recover_s=seconds))


def test_http_and_actors_outlive_the_head(nodes: Nodes, load: Loaded) -> None:
    nodes.wait_ready(WORKERS[0])
    with load(WORKERS[0]) as traffic:
        traffic.flow(FLOW)
        loss = lose_head(nodes)
        traffic.flow(FLOW)
    print(loss)
    check(traffic.outcome(injected=1, recover_s=loss.gap_s))
    assert loss.restarted == ()


@pytest.mark.parametrize("wish", ["matchers=4", "matchers=2"])
def test_another_number_of_matchers_takes_over_under_load(
    nodes: Nodes, load: Loaded, wish: str
) -> None:
    with load(HEAD) as traffic:
        traffic.flow(FLOW)
        done = nodes.run("scale", wish)
        assert done.returncode == 0, done.stderr
        traffic.flow(FLOW)
    check(traffic.outcome(injected=1))
    matchers = [kind for kind, _ in homes_of(nodes) if kind == "matcher"]
    assert len(matchers) == int(wish[-1])


def test_a_drained_node_is_left_by_every_actor(nodes: Nodes, load: Loaded) -> None:
    """The last one: nothing new starts on a drained node."""
    [(crowded, _)] = Counter(home for _, home in homes_of(nodes)).most_common(1)
    assert crowded is not None
    with load(HEAD) as traffic:
        traffic.flow(FLOW)
        done = nodes.run("drain", ADDRESSES[crowded])
        assert done.returncode == 0, done.stderr
        traffic.flow(FLOW)
    check(traffic.outcome(injected=1))
    assert crowded not in {home for _, home in homes_of(nodes)}
