"""Tokens that prove we made them: a payload with an HMAC-SHA256 keyed by the system's secret.

Each purpose signs under a name of its own, so that no token made for one can stand in for another.
A token is not secret and hides nothing: whoever holds it reads the payload, and cannot change it.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence


def sign(payload: bytes, *, purpose: str, secret: str) -> str:
    """The token as URL-safe text, a third longer than the payload, and 44 characters."""
    return f"{_encode(payload)}.{_encode(_mac(payload, purpose, secret))}"


def verify(token: str, *, purpose: str, secrets: Sequence[str]) -> bytes | None:
    """The payload, or None where none of these secrets signed it for this purpose. The comparison
    takes the same time whatever is wrong."""
    payload_text, _, mac_text = token.partition(".")
    try:
        payload, mac = _decode(payload_text), _decode(mac_text)
    except (binascii.Error, ValueError):
        return None
    genuine = [hmac.compare_digest(mac, _mac(payload, purpose, secret)) for secret in secrets]
    return payload if any(genuine) else None


def _mac(payload: bytes, purpose: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode() + b"\x00" + payload, hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    if "+" in text or "/" in text:  # Python's decoder takes both alphabets
        raise ValueError("not the URL-safe alphabet")
    padding = "=" * (-len(text) % 4)
    return base64.b64decode(text.encode("ascii") + padding.encode(), altchars=b"-_", validate=True)
