"""Access and refresh tokens: JSON Web Tokens (RFC 7519), signed HS256 with our own secret.

Exactly one algorithm is accepted and the header may hold nothing but `alg`, `typ` and `kid`, so
`none`, a confusion of algorithms, `jku`, `jwk` or `crit` never reach a verification. `kid` is
derived from the secret and chooses between the present key and the one before it. `typ` in the
claims keeps access and refresh tokens apart. Times are checked against the injected clock.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import jwt

from models.errors import Unauthenticated

SECRET_MIN_BYTES = 32
"""RFC 7518, 3.2: a key of at least the size of the hash output."""
_ALGORITHM = "HS256"
_HEADER = {"alg", "typ", "kid"}
_CLAIMS = ("exp", "aud", "iss", "sub", "jti", "typ", "sid")

Kind = Literal["access", "refresh"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token that was verified says."""

    user_id: str
    session_id: str
    jti: str
    expires_at: datetime


def _key_id(secret: str) -> str:
    return hashlib.sha256(b"jobray-kid\x1f" + secret.encode()).hexdigest()[:16]


def _text(claim: object) -> str:
    if not isinstance(claim, str) or not claim:
        raise Unauthenticated("the token is not valid")
    return claim


def _moment(claim: object) -> datetime:
    """Whole seconds since 1970, as we write them."""
    try:
        if isinstance(claim, int) and not isinstance(claim, bool):
            return datetime.fromtimestamp(claim, UTC)
    except (OverflowError, ValueError, OSError):
        pass
    raise Unauthenticated("the token is not valid")


class Tokens:
    """Signs and reads tokens. Raises ValueError for a secret that is too short."""

    def __init__(
        self,
        secret: str,
        *,
        previous_secret: str | None,
        issuer: str,
        audience: str,
        access_ttl_s: int,
        refresh_ttl_s: int,
    ) -> None:
        secrets = [secret] if previous_secret is None else [secret, previous_secret]
        if any(len(each.encode()) < SECRET_MIN_BYTES for each in secrets):
            raise ValueError(f"a secret key must have at least {SECRET_MIN_BYTES} bytes")
        self._signing_kid = _key_id(secret)
        self._keys = {_key_id(each): each for each in secrets}
        self._issuer, self._audience = issuer, audience
        self.access_ttl = timedelta(seconds=access_ttl_s)
        self.refresh_ttl = timedelta(seconds=refresh_ttl_s)

    def issue(self, kind: Kind, *, user_id: str, session_id: str, jti: str, now: datetime) -> str:
        """A signed token that is good from now for the time of its kind."""
        ttl = self.access_ttl if kind == "access" else self.refresh_ttl
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "sid": session_id,
            "jti": jti,
            "typ": kind,
            "iat": int(now.timestamp()),
            "exp": int((now + ttl).timestamp()),
        }
        key = self._keys[self._signing_kid]
        return jwt.encode(claims, key, _ALGORITHM, headers={"kid": self._signing_kid})

    def read(self, kind: Kind, token: str, *, now: datetime) -> Claims:
        """What the token says. Raises Unauthenticated for any token that is not a good one of this
        kind; the message never says which check failed beyond its time being over."""
        claims = self._verified(token)
        if claims["typ"] != kind:
            raise Unauthenticated("the token is not valid")
        expires_at = _moment(claims["exp"])
        if expires_at <= now:
            raise Unauthenticated("the token has expired")
        return Claims(
            user_id=_text(claims["sub"]),
            session_id=_text(claims["sid"]),
            jti=_text(claims["jti"]),
            expires_at=expires_at,
        )

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.get(header["kid"]) if set(header) == _HEADER else None
            if key is None:
                raise Unauthenticated("the token is not valid")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                # Times are ours to check, against the injected clock.
                options={"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise Unauthenticated("the token is not valid") from error
        return claims
