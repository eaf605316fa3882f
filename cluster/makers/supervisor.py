"""Makes the supervisor with its tenants: the poller of the feeds, the relay, and the upkeep."""

from functools import partial

from actors.poller import Poller
from actors.supervisor import Supervisor
from backends.fetch.http import HttpFetcher
from cluster import wiring
from cluster.actors import Launcher
from cluster.settings import Settings
from cluster.topology import Role, workers
from services import upkeep


async def make(settings: Settings, role: Role) -> Supervisor:
    ports = await wiring.open_ports(settings, wiring.NO_ACTORS)
    fetcher = HttpFetcher(allow_private=settings.feeds.allow_private)
    return Supervisor(
        Launcher(settings),
        [worker.name for worker in workers(settings.topology)],
        Poller(ports, fetcher),
        partial(upkeep.forget_expired, ports),
        ports.documents.relay,
    )
