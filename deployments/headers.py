"""The security headers of every answer. An answer that brings one of its own keeps it.

The policy lets a page load from us only; nobody may frame us; a browser must not guess types; no
address of ours leaks as a referrer. HSTS is sent where TLS ends before us.
"""

from collections.abc import Iterable

Raw = tuple[bytes, bytes]

CONTENT_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_ALWAYS: tuple[Raw, ...] = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_HSTS: Raw = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class SecurityHeaders:
    """Adds what an answer lacks."""

    def __init__(self, *, hsts: bool) -> None:
        self._headers = (*_ALWAYS, _HSTS) if hsts else _ALWAYS

    def missing(self, present: Iterable[Raw]) -> list[Raw]:
        names = {name for name, _ in present}
        return [header for header in self._headers if header[0] not in names]
