"""The nudge: a datagram that tells other processes on this machine that a topic has new events.

Each process that waits for events binds one Unix datagram socket in a private folder whose name is
derived from the path of the database; after a commit that published, the writer sends the topics'
names to every socket there. A nudge carries no data and may be lost (a full buffer, a socket that
is just being made): waiters also look by themselves every `POLL_S`, so a loss only costs time. A
socket that refuses belongs to a dead process and is removed.

The folder is in the system's temporary directory because a socket's path is limited to about 100
bytes (`sun_path`, unix(7)). It must be a folder of this user with mode 0700; where a stranger made
one of that name first, there are no nudges and polling remains.
"""

import asyncio
import errno
import hashlib
import os
import secrets
import socket
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

POLL_S = 0.25
"""How often a waiter looks without a nudge: the delay that a lost nudge costs at most."""


BIND_TRIES = 3


class Nudge:
    """The sending side of one process, and its receiving side once someone listens. Listening is
    bound to the event loop of the first listener; `send` belongs to the writer's thread."""

    def __init__(self, database: Path) -> None:
        identity = f"{os.getuid()}:{database.absolute()}".encode()
        name = f"jobray-{hashlib.sha256(identity).hexdigest()[:16]}"
        self.folder = Path(tempfile.gettempdir()) / name
        self._sender: socket.socket | None = None
        self._receiver: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[str, set[asyncio.Event]] = {}

    def listen(self, topic: str, event: asyncio.Event) -> None:
        """Set `event` whenever `topic` gets new events, until `unlisten`."""
        if self._receiver is None:
            self._bind()
        self._listeners.setdefault(topic, set()).add(event)

    def unlisten(self, topic: str, event: asyncio.Event) -> None:
        self._listeners.get(topic, set()).discard(event)

    def send(self, topics: set[str]) -> None:
        """Wake everyone who listens to one of the topics, in all processes. Never raises and never
        blocks."""
        try:
            sender = self._sender = self._sender or _datagram_socket()
        except OSError:
            return  # no descriptor is free: the waiters poll, and the next nudge tries again
        payload = "\n".join(sorted(topics)).encode()
        for peer in self._peers():
            try:
                sender.sendto(payload, peer)
            except ConnectionRefusedError:
                with suppress(OSError):
                    os.unlink(peer)
            except OSError:
                # A full buffer means that the peer has nudges waiting already; anything else is
                # made up for by its polling.
                continue

    def close(self) -> None:
        """Release both sides, once nobody sends any more. Idempotent; using it opens it again."""
        if self._sender is not None:
            self._sender.close()
            self._sender = None
        if self._receiver is None or self._loop is None:
            return
        receiver, self._receiver = self._receiver, None
        if not self._loop.is_closed():
            self._loop.remove_reader(receiver.fileno())
        with suppress(OSError):
            os.unlink(receiver.getsockname())
        receiver.close()
        # Who comes last leaves nothing behind; a folder that is still in use is not empty.
        with suppress(OSError):
            self.folder.rmdir()

    def _peers(self) -> list[str]:
        if not _is_private(self.folder):
            return []
        with suppress(OSError):
            return [f"{self.folder}/{name}" for name in os.listdir(self.folder)]
        return []

    def _bind(self) -> None:
        receiver = _datagram_socket()
        try:
            self._bind_in_folder(receiver)
        except OSError as error:
            receiver.close()
            log.warning("nudges are off, waiters poll", reason=str(error.strerror))
            return
        self._receiver = receiver
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(receiver.fileno(), self._receive, receiver)

    def _bind_in_folder(self, receiver: socket.socket) -> None:
        """Bind under a new name. Raises OSError."""
        for attempt in range(BIND_TRIES):
            with suppress(FileExistsError):
                self.folder.mkdir(mode=0o700)
            if not _is_private(self.folder):
                raise PermissionError(errno.EPERM, "the folder is not private")
            try:
                receiver.bind(f"{self.folder}/{secrets.token_hex(4)}")
                return
            except FileNotFoundError:
                # The last listener of another process has just removed the empty folder.
                if attempt + 1 == BIND_TRIES:
                    raise

    def _receive(self, receiver: socket.socket) -> None:
        """Read every datagram that is there, then wake each listener once."""
        topics: set[str] = set()
        with suppress(OSError):
            while True:
                topics.update(receiver.recv(4096).decode(errors="replace").split("\n"))
        for topic in topics:
            for event in self._listeners.get(topic, ()):
                event.set()


def _datagram_socket() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made


def _is_private(folder: Path) -> bool:
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    private = stat.S_IMODE(found.st_mode) == 0o700 and found.st_uid == os.getuid()
    return stat.S_ISDIR(found.st_mode) and private
