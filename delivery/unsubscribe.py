"""The signed link that ends one alert's mail without signing in (RFC 8058).

The token names the user, the alert and the channel, and carries an HMAC-SHA256 over them keyed by
the system's secret (with a prefix of its own, so that no other signature made with that secret can
stand in for it). It never expires: a mail is read years later. Whoever holds the mail can stop it,
and nothing else.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from models.alert import ChannelName

_PURPOSE = b"jobray unsubscribe v1\x00"
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
    payload = _SEPARATOR.join(parts).encode()
    return f"{_encode(payload)}.{_encode(_mac(payload, secret))}"


def verify(token: str, secrets: Sequence[str]) -> Subscription | None:
    """What the token ends, or None where no secret of these signed it. Constant-time compare."""
    payload_text, _, mac_text = token.partition(".")
    try:
        payload, mac = _decode(payload_text), _decode(mac_text)
    except (binascii.Error, ValueError):
        return None
    genuine = [hmac.compare_digest(mac, _mac(payload, secret)) for secret in secrets]
    if not any(genuine):
        return None
    user_id, alert_id, channel = payload.decode().split(_SEPARATOR)
    return Subscription(user_id, alert_id, ChannelName(channel))


def _mac(payload: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE + payload, hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    padding = "=" * (-len(text) % 4)
    return base64.b64decode(text.encode("ascii") + padding.encode(), altchars=b"-_", validate=True)
