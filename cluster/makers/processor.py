"""Makes the processor."""

from actors.processor import Processor
from cluster import wiring
from cluster.settings import Settings
from cluster.topology import Role


async def make(settings: Settings, role: Role) -> Processor:
    ports = await wiring.open_ports(settings, wiring.NO_ACTORS)
    return Processor(ports, shard=role.shard, shards=role.shards)
