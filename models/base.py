"""What every model shares: frozen, closed to unknown fields, aware UTC time, ids that sort by time.

Ids are UUIDv7 (RFC 9562) where a thing is new, and derived from their parts where an effect must
happen once: the same parts always give the same id, so an insert of a second copy is refused.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

import uuid_utils
from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC. Injected, so that tests can simulate time."""


def utc_now() -> datetime:
    """The clock of the running system."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: fixed width, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Timestamp = Annotated[AwareDatetime, PlainSerializer(timestamp, return_type=str, when_used="json")]


def new_id() -> str:
    """A new UUIDv7 as text; ids made by one process increase."""
    return str(uuid_utils.uuid7())


def derived_id(kind: str, *parts: str | int) -> str:
    """The one UUID (version 8, from SHA-256) that stands for these parts of this kind."""
    text = "\x1f".join([kind, *map(str, parts)])
    digest = bytearray(hashlib.sha256(text.encode()).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return str(UUID(bytes=bytes(digest)))


class Model(BaseModel):
    """A value: it never changes, and it refuses fields it does not know from whoever asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def from_store(cls, body: Mapping[str, Any]) -> Self:
        """Read what this system has stored or published. While two versions run side by side the
        newer one may have written it: fields that this one does not know are left out, at every
        depth. Raises pydantic's ValidationError."""
        return cls.model_validate(body, extra="ignore")

    @classmethod
    def from_stored_json(cls, text: str | bytes) -> Self:
        """The same of its JSON text."""
        return cls.model_validate_json(text, extra="ignore")
