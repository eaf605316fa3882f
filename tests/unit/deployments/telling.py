"""Notifications for the tests of the edge, made the way a notification queue makes them."""

from models.alert import ChannelName
from models.base import derived_id, new_id
from services.ports import Ports
from services.telling.notifying import notify
from tests.matches import BOTH, announcement, match_of


async def tell(
    ports: Ports, user_id: str, posting: str, channels: tuple[ChannelName, ...] = BOTH
) -> str:
    """Store (and so announce) a notification of this person about this posting; its id."""
    match = match_of(user_id, posting, ports.clock(), channels=channels)
    event = announcement(match, f"Python {posting}")
    told = await notify(
        ports.documents,
        [event],
        sendable=frozenset({ChannelName.EMAIL}),
        now=ports.clock(),
        new_position=new_id,
        fence=await ports.documents.take_epoch("notifier:0"),
    )
    assert told.notifications == 1
    return derived_id("notification", match.id)


async def tell_many(ports: Ports, user_id: str, numbers: range) -> None:
    for number in numbers:
        await tell(ports, user_id, f"p{number}")
