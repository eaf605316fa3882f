"""What the HTTP edge can be told, each with its unit and its reason. `cluster/` fills it in."""

import ipaddress
from typing import Annotated, Self

from pydantic import Field, model_validator

from deployments.capacity import MAX_ONGOING_REQUESTS
from models.base import Model
from services.people.tokens import SECRET_MIN_BYTES

API_PREFIX = "/api/v1"
"""Where every path of the API begins; /health, /docs and the pages are outside of it."""

ROLES = (
    "accounts",
    "jobs",
    "imports",
    "companies",
    "files",
    "alerts",
    "matches",
    "search",
    "notifications",
    "admin",
    "mail",
    "page",
)
"""Every group of routers. On a cluster an application of its own may serve some of them."""


class EdgeSettings(Model):
    """Frozen; the defaults are those of a laptop, except the secret, which has none."""

    secret_key: Annotated[str, Field(repr=False)]
    """Signs access and refresh tokens (HS256, RFC 7518: a key as long as the hash, 32 bytes)."""
    previous_secret_key: Annotated[str | None, Field(repr=False)] = None
    """The key before a rotation: its tokens stay good while it is set; it signs nothing."""
    issuer: str = "jobray"
    """`iss` of our tokens: two systems with one key do not take each other's tokens."""
    audience: str = "jobray-api"
    """`aud` of our tokens."""
    access_ttl_s: Annotated[int, Field(gt=0)] = 900
    """Seconds an access token lives: what a stolen one is worth."""
    refresh_ttl_s: Annotated[int, Field(gt=0)] = 7 * 24 * 3600
    """Seconds a refresh token lives: how long a person may stay away without signing in again."""
    sign_up_floor_s: Annotated[float, Field(ge=0)] = 0.25
    """Seconds a sign-up takes at least: its timing must not tell a taken address (ADR 4)."""

    rate_limit_per_minute: Annotated[int, Field(gt=0)] = 60
    """Requests a minute for each address, and again for each user: one client cannot starve all."""
    login_limit_per_minute: Annotated[int, Field(gt=0)] = 10
    """Tries a minute to sign in to one account, from wherever: guessing a password is slow."""
    address_login_limit_per_minute: Annotated[int, Field(gt=0)] = 10
    """Tries a minute to sign in or up from one address: trying many accounts is slow too."""
    body_limit_bytes: Annotated[int, Field(gt=0)] = 1024 * 1024
    """The largest body that is read; Serve itself has no limit. Ten times the longest posting."""
    max_ongoing_requests: Annotated[int, Field(gt=0)] = MAX_ONGOING_REQUESTS
    """Slots of one replica, as its deployment has it: a share of them is what streams may hold."""
    import_body_limit_bytes: Annotated[int, Field(gt=0)] = 64 * 1024 * 1024
    """The same for a bulk import, which is streamed and never held whole."""

    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
    """Host headers that are answered, without port; `*.example.org` takes every name below. Stops
    DNS rebinding and links made from a forged Host."""
    cors_origins: tuple[str, ...] = ()
    """Exact origins whose pages may call us, as `https://jobs.example.org`; no wildcard."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For is believed, as `10.0.0.0/8`; others cannot move a limit."""
    request_id_by_proxy: bool = False
    """True behind Serve's proxy, which takes the client's X-Request-ID or makes one, hands it to us
    as a header of the request and puts it on the answer itself: a second one would say it twice."""
    public_url: str = "http://127.0.0.1:8000"
    """Where people reach us: links in mails are made from it and never from a request."""
    hsts: bool = False
    """True where TLS ends before us: browsers are then told to come by https only."""

    docs_open: bool = True
    """Whether /docs and /openapi.json are served."""
    metrics_open: bool = True
    """Whether /metrics is served; on a cluster that wants a policy of who may ask for it."""
    mailbox_open: bool = False
    """Whether /mail shows the mails that were kept as files because no mail server is set."""
    require_verified_employers: bool = False
    """Whether an employer must have a verified address before posting; true on a cluster."""
    roles: tuple[str, ...] = ROLES
    """Which groups of routers this application serves."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for key in (self.secret_key, self.previous_secret_key):
            if key is not None and len(key.encode()) < SECRET_MIN_BYTES:
                raise ValueError(f"a secret key must have at least {SECRET_MIN_BYTES} bytes")
        for network in self.trusted_proxies:
            ipaddress.ip_network(network)
        for origin in self.cors_origins:
            if not origin.startswith(("http://", "https://")) or origin.count("/") != 2:
                raise ValueError(f"not an exact origin: {origin}")
        if unknown := set(self.roles) - set(ROLES):
            raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
        return self
