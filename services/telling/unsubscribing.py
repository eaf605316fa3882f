"""What a signed unsubscribe link does: it takes one channel off one alert."""

from delivery.unsubscribe import Subscription
from models.alert import Alert, ChannelName
from models.errors import NotFound, VersionConflict
from services.alerting import alerts
from services.alerting.queries import QueryInput
from services.alerting.terms import AlertTerms
from services.ports import Ports


async def alert_of(ports: Ports, subscription: Subscription) -> Alert | None:
    """The alert the link is about; None where it is deleted, and so sends nothing any more."""
    try:
        return await alerts.read(ports, subscription.user_id, subscription.alert_id)
    except NotFound:
        return None


async def unsubscribe(ports: Ports, subscription: Subscription) -> None:
    """End it. Idempotent. An alert has a channel always: one that loses its last tells the inbox
    from then on, where nothing is sent to anybody."""
    while (alert := await alert_of(ports, subscription)) is not None:
        if subscription.channel not in alert.channels:
            return
        remaining = tuple(name for name in alert.channels if name is not subscription.channel)
        try:
            await alerts.update(
                ports,
                alert.user_id,
                alert.id,
                None,
                QueryInput(),
                AlertTerms(channels=remaining or (ChannelName.INAPP,)),
                expected_version=alert.version,
            )
        except (VersionConflict, NotFound):
            continue
        return
