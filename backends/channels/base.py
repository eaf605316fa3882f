"""The Channel port: hand one message to one address, and say how it went."""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered notification. `id` is stable over all attempts: the receiver's idempotency key
    (a mail's Message-ID is made of it). `headers` are extra headers of the channel."""

    id: str
    address: str
    subject: str
    text: str
    html: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """`transient`: try again later; `permanent`: never try this address with this message again.
    `retry_after_s` is the receiver's own wish."""

    outcome: Literal["delivered", "transient", "permanent"]
    detail: str = ""
    retry_after_s: float | None = None


class Channel(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, message: Message) -> Sent:
        """Never raises for what the receiver does; a programming error may."""
