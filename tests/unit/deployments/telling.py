"""Notifications for the tests of the edge, made the way a notification queue makes them."""

from models.alert import ChannelName, Match
from models.base import derived_id, new_id
from models.criteria import Clause, Outcome
from models.events import MATCH_CREATED, Event
from models.notification import PostingRef
from services.ports import Ports
from services.telling.notifying import notify

BOTH = (ChannelName.INAPP, ChannelName.EMAIL)


async def tell(
    ports: Ports, user_id: str, posting: str, channels: tuple[ChannelName, ...] = BOTH
) -> str:
    """Store (and so announce) a notification of this person about this posting; its id."""
    match = Match(
        id=derived_id("match", user_id, posting),
        alert_id="alert",
        alert_name="my alert",
        user_id=user_id,
        posting_id=posting,
        posting_version=1,
        cluster_id=posting,
        clauses=(
            Clause(
                clause="title:python",
                outcome=Outcome.TRUE,
                field="title",
                start=0,
                end=6,
                text="Python",
            ),
        ),
        channels=channels,
        created_at=ports.clock(),
    )
    card = PostingRef(id=posting, title=f"Python {posting}", company="Acme")
    event = Event(
        type=MATCH_CREATED,
        subject=match.id,
        key=user_id,
        data={"match": match.model_dump(mode="json"), "posting": card.model_dump(mode="json")},
    )
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
