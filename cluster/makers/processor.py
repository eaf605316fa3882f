"""Makes the processor."""

from actors.processor import Processor
from cluster import wiring
from cluster.settings import Settings
from models.topology import ActorRole


async def make(settings: Settings, role: ActorRole) -> Processor:
    return Processor(await wiring.open_ports(settings), role=role)
