"""Which actors there are: their names, kinds and shards."""

from dataclasses import dataclass
from typing import Literal

from cluster.settings import Topology

NAMESPACE = "jobray"
"""The Ray namespace of all our actors: they are found by name in it."""
SUPERVISOR = "supervisor"

Kind = Literal["processor", "matcher", "index", "notifier", "supervisor"]


@dataclass(frozen=True, slots=True)
class Role:
    """Shard `shard` of `shards` of one kind of actor."""

    kind: Kind
    shard: int = 0
    shards: int = 1

    @property
    def name(self) -> str:
        return SUPERVISOR if self.kind == "supervisor" else f"{self.kind}:{self.shard}"


def workers(topology: Topology) -> tuple[Role, ...]:
    """Every actor that the supervisor keeps alive, in the order they are started."""
    counts: tuple[tuple[Kind, int], ...] = (
        ("index", 1),
        ("matcher", topology.matchers),
        ("processor", topology.processors),
        ("notifier", topology.notifiers),
    )
    return tuple(Role(kind, shard, shards) for kind, shards in counts for shard in range(shards))


def everyone(topology: Topology) -> tuple[Role, ...]:
    return (*workers(topology), Role("supervisor"))
