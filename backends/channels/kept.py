"""Mail without a mail server: each mail is kept as an .eml file, for the page that shows them.

A file is named by the message's id, so that a second send of one message replaces the first.
"""

from backends.channels.base import Message, Sent
from backends.channels.mime import InvalidMail, address, compose
from backends.files.base import Files
from models.base import Clock
from models.errors import Unavailable

FOLDER = "mail"


class KeptMail:
    """The Channel adapter of a laptop. `sender` is the From address; the Files port is opened and
    closed by its owner."""

    def __init__(self, files: Files, *, sender: str, clock: Clock) -> None:
        self._files = files
        self._sender = address(sender, "Jobray")
        self._clock = clock

    async def open(self) -> None:
        """Nothing to open: the files belong to the composition root."""

    async def close(self) -> None:
        """Nothing to close."""

    async def send(self, message: Message) -> Sent:
        """Keep the mail as `mail/{message id}.eml`."""
        try:
            mail = compose(message, sender=self._sender, sent_at=self._clock())
        except InvalidMail as fault:
            return Sent("permanent", str(fault))
        try:
            await self._files.put(f"{FOLDER}/{message.id}.eml", mail.as_bytes())
        except (Unavailable, OSError) as fault:
            return Sent("transient", f"the mail could not be kept: {type(fault).__name__}")
        return Sent("delivered")
