"""The signed link that ends one alert's mail without signing in (RFC 8058).

The token names the user, the alert and the channel, and is signed for this purpose only
(`models.signing`). It never expires: a mail is read years later. Whoever holds the mail can stop
it, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models import signing
from models.alert import ChannelName

_PURPOSE = "jobray unsubscribe v1"
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a token ends: the messages of one alert of one user on one channel."""

    user_id: str
    alert_id: str
    channel: ChannelName


def sign(subscription: Subscription, secret: str) -> str:
    """The token as URL-safe text."""
    parts = (subscription.user_id, subscription.alert_id, subscription.channel.value)
    return signing.sign(_SEPARATOR.join(parts).encode(), purpose=_PURPOSE, secret=secret)


def verify(token: str, secrets: Sequence[str]) -> Subscription | None:
    """What the token ends, or None where no secret of these signed it. Constant-time compare."""
    payload = signing.verify(token, purpose=_PURPOSE, secrets=secrets)
    if payload is None:
        return None
    user_id, alert_id, channel = payload.decode().split(_SEPARATOR)
    return Subscription(user_id, alert_id, ChannelName(channel))
