"""What has expired is forgotten: kept answers and sessions. A bounded number at a time."""

from services import idempotency
from services.people import sessions
from services.ports import Ports


async def forget_expired(ports: Ports) -> int:
    """How many things were forgotten; 0 when there is nothing left to forget for now."""
    return await idempotency.forget_expired(ports) + await sessions.forget_expired(ports)
