"""Makes the supervisor with its tenants: poller of the feeds, relay, upkeep, and the tracer."""

from functools import partial

from actors.generations import Generations
from actors.poller import Poller
from actors.supervisor import Supervisor
from actors.tracer import Tracer
from backends.fetch.http import HttpFetcher
from backends.traces.otlp import Collector
from cluster import wiring
from cluster.actors import Launcher
from cluster.settings import Settings
from models.topology import ActorRole
from services import upkeep
from services.ports import Ports


async def make(settings: Settings, role: ActorRole) -> Supervisor:
    ports = await wiring.open_ports(settings)
    fetcher = HttpFetcher(allow_private=settings.feeds.allow_private)
    return Supervisor(
        Generations(ports.documents, ports.stream, Launcher(settings), settings.topology.shards),
        Poller(ports, fetcher),
        partial(upkeep.forget_expired, ports),
        ports.documents.relay,
        tracer=_tracer(settings, ports),
    )


def _tracer(settings: Settings, ports: Ports) -> Tracer | None:
    endpoint = settings.traces.endpoint
    return Tracer(ports.documents, ports.stream, Collector(endpoint)) if endpoint else None
