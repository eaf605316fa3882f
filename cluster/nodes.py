"""`jobray drain NODE`: the actors move off a node of a Ray cluster, so that it can be taken away.

Ray is told that the node is draining: it starts nothing there any more, and Serve moves its
replicas. Our actors are stopped one after the other, so that each finishes what is in flight, and
start again elsewhere from the store.
"""

import contextlib
import logging
import os
import time
from collections.abc import Callable
from typing import Any

from cluster.system import StartError

STOP_TIMEOUT_S = 15.0
BACK_TIMEOUT_S = 90.0
POLL_S = 0.1
DEAD = "DEAD"


def drain(wanted: str, told: Callable[[str], None]) -> int:
    """Move everything off the node of this name, id or address; returns how many actors moved.
    Raises StartError."""
    import ray

    from cluster.actors import NAMESPACE

    address = os.environ.get("RAY_ADDRESS", "auto")
    try:
        ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # Ray raises bare ones
        reason = str(error).partition("\n")[0]
        raise StartError(
            f"no Ray cluster at {address} ({reason}); set RAY_ADDRESS, and run this on a node of it"
        ) from error
    try:
        nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
        node = _node(wanted, [node for node in nodes if node["Alive"]])
        _refuse_work(node)
        names = _living_on(node)
        for name in names:
            told(f"Moving {name}")
            _move(name, node)
        return len(names)
    finally:
        ray.shutdown()


def _node(wanted: str, nodes: list[dict[str, Any]]) -> str:
    """The id of the node that is meant."""

    def answers(node: dict[str, Any]) -> bool:
        names = (node["NodeName"], node["NodeManagerHostname"], node["NodeManagerAddress"])
        return wanted in names or (len(wanted) >= 4 and node["NodeID"].startswith(wanted))

    found = [node for node in nodes if answers(node)]
    listed = "; ".join(f"{node['NodeID'][:12]} {node['NodeName']}" for node in nodes)
    if len(found) != 1:
        what = "no node" if not found else "more than one node"
        raise StartError(f"{what} is called {wanted}; there are: {listed}")
    if len(nodes) == 1:
        raise StartError(f"{wanted} is the only node: there is nowhere to move to")
    return str(found[0]["NodeID"])


def _refuse_work(node: str) -> None:
    import ray

    # As `ray drain-node` does; there is no public function for it. Both are compiled and untyped.
    from ray._raylet import GcsClient  # type: ignore[attr-defined]
    from ray.core.generated.autoscaler_pb2 import DrainNodeReason  # type: ignore[attr-defined]

    gcs = GcsClient(address=ray.get_runtime_context().gcs_address)
    reason = DrainNodeReason.Value("DRAIN_NODE_REASON_PREEMPTION")
    accepted, refusal = gcs.drain_node(node, reason, "jobray drain", 0)
    if not accepted:
        raise StartError(f"Ray does not drain this node: {refusal}")


def _actors() -> dict[str, dict[str, Any]]:
    """Ray's records of our actors that are not gone for good, by name."""
    from ray._private.state import actors
    from ray.util import list_named_actors

    ours = set(list_named_actors())  # those of the namespace that this program has joined
    return {
        actor["Name"]: actor
        for actor in actors().values()
        if actor["Name"] in ours and actor["State"] != DEAD
    }


def _living_on(node: str) -> list[str]:
    return sorted(n for n, actor in _actors().items() if actor["Address"]["NodeID"] == node)


def _move(name: str, node: str) -> None:
    import ray
    from ray.exceptions import RayError

    from cluster.actors import NAMESPACE

    actor: Any = ray.get_actor(name, namespace=NAMESPACE)
    with contextlib.suppress(RayError, TimeoutError):
        # Otherwise what it had in flight comes again where it lives next.
        ray.get(actor.stop.remote(), timeout=STOP_TIMEOUT_S)
    ray.kill(actor, no_restart=False)
    end = time.monotonic() + BACK_TIMEOUT_S
    while not _is_back(name, node):
        if time.monotonic() > end:
            raise StartError(f"{name} does not serve elsewhere after {BACK_TIMEOUT_S:.0f} s")
        time.sleep(POLL_S)


def _is_back(name: str, node: str) -> bool:
    import ray
    from ray.exceptions import RayError

    from cluster.actors import NAMESPACE

    record = _actors().get(name)
    if record is None or record["Address"]["NodeID"] in ("", node):
        return False
    try:
        actor: Any = ray.get_actor(name, namespace=NAMESPACE)
        status = ray.get(actor.status.remote(), timeout=1.0)
    except (ValueError, RayError, TimeoutError):
        return False
    return str(status[1]) in ("serving", "standby")
