"""Makes the supervisor with its relay, its upkeep and its tenants."""

from functools import partial

from actors.generations import Generations
from actors.guard import Guard
from actors.poller import Poller
from actors.reprocessor import Reprocessor
from actors.supervisor import Supervisor
from actors.tracer import Tracer
from backends.traces.otlp import Collector, read_headers
from cluster import outside, wiring
from cluster.actors import Launcher
from cluster.settings import Settings
from models.topology import ActorRole
from services.operations import upkeep
from services.ports import Ports


async def make(settings: Settings, role: ActorRole) -> Supervisor:
    ports = await wiring.open_ports(settings)
    launcher, shards = Launcher(settings), settings.topology.shards
    return Supervisor(
        Generations(ports.documents, ports.stream, launcher, shards),
        [
            Guard(ports.documents, launcher, shards),
            Poller(ports, outside.make(settings)),
            Reprocessor(ports),
            *_tracers(settings, ports),
        ],
        partial(upkeep.forget_expired, ports),
        ports.documents.relay,
    )


def _tracers(settings: Settings, ports: Ports) -> list[Tracer]:
    """The tracer, where a collector is set."""
    traces = settings.traces
    if not traces.endpoint:
        return []
    collector = Collector(traces.endpoint, headers=read_headers(traces.headers))
    return [Tracer(ports.documents, ports.stream, collector)]
