"""Mail without a mail server: each mail is kept as an .eml file, for the page that shows them.

A file is named by the message's id, so that a second send of one message replaces the first. The
newest KEPT_MAX stay: before the first mail, and again before every SWEEP_EVERY-th, so many of the
oldest are deleted that the next ones fit. The folder is looked through once for many mails, and is
never large.
"""

from backends.channels.base import Message, Sent
from backends.channels.mime import InvalidMail, address, compose
from backends.files.base import Files
from models.base import Clock
from models.errors import Unavailable

FOLDER = "mail"
KEPT_MAX = 1_000
"""Mails kept; the page of them looks at all, and a demo does not fill the disk."""
SWEEP_EVERY = 50


class KeptMail:
    """The Channel adapter of a laptop. `sender` is the From address; the Files port is opened and
    closed by its owner."""

    def __init__(self, files: Files, *, sender: str, clock: Clock) -> None:
        self._files = files
        self._sender = address(sender, "Jobray")
        self._clock = clock
        self._until_sweep = 0

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
            await self._make_room()
            await self._files.put(f"{FOLDER}/{message.id}.eml", mail.as_bytes())
        except (Unavailable, OSError) as fault:
            return Sent("transient", f"the mail could not be kept: {type(fault).__name__}")
        return Sent("delivered")

    async def _make_room(self) -> None:
        """Delete the oldest mails where the next SWEEP_EVERY could be too many."""
        if self._until_sweep > 0:
            self._until_sweep -= 1
            return
        self._until_sweep = SWEEP_EVERY - 1
        kept = [info.name async for info in self._files.list(FOLDER)]
        for name in kept[KEPT_MAX - SWEEP_EVERY :]:
            await self._files.delete(name)
