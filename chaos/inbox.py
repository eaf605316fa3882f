"""The mail server of the harness: it keeps what it is given, and can be told to refuse, or be gone.

What it keeps of a mail is what the checker asks: the Message-ID, and which posting and alert it
tells of, read from its text as a person would. Each is a line of `mails.jsonl` too.
"""

import email
import email.policy
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from servers.ports import HOST, free_port

ACCEPTED = "250 OK"
_POSTING = re.compile(r"/jobs/([0-9a-f-]{36})")
_ALERT = re.compile(r"^Your alert: (.+)$", re.MULTILINE)

Answer = Callable[[str, int], str]
"""What DATA is answered, by receiver and the number of the try of this mail, from 1."""


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that was accepted."""

    to: str
    message_id: str
    posting_id: str
    alert_name: str


class Inbox:
    """A context manager; it listens on the same port whenever it is open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.answer: Answer = accept
        self._tries: Counter[tuple[str, str]] = Counter()
        self._received: list[Received] = []
        self._file = (folder / "mails.jsonl").open("a")
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def open(self) -> None:
        """Listen; nothing where it does already."""
        if self._controller is None:
            self._controller = Controller(self, hostname=HOST, port=self.port)
            self._controller.start()

    def close(self) -> None:
        """Refuse connections, as a mail server that is down does."""
        if self._controller is not None:
            self._controller.stop()
        self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        with self._lock:
            for mail in read_mail(envelope.rcpt_tos, envelope.content):
                self._tries[mail.to, mail.message_id] += 1
                said = self.answer(mail.to, self._tries[mail.to, mail.message_id])
                if said != ACCEPTED:
                    return said
                self._received.append(mail)
                self._file.write(json.dumps(asdict(mail)) + "\n")
                self._file.flush()
        return ACCEPTED

    def received(self) -> list[Received]:
        """Every mail so far, in order of arrival."""
        with self._lock:
            return list(self._received)

    def tries(self, to: str) -> list[int]:
        """How often each mail to this address was offered, taken or not."""
        with self._lock:
            return [n for (address, _), n in self._tries.items() if address == to]

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        self._file.close()


def accept(to: str, number: int) -> str:
    return ACCEPTED


def read_mail(receivers: list[str], content: bytes) -> Iterator[Received]:
    """One for each receiver. Raises ValueError for a mail that is not of a match."""
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    body = parsed.get_body(("plain",))
    text = body.get_content().replace("\r\n", "\n") if body is not None else ""
    posting, alert = _POSTING.search(text), _ALERT.search(text)
    if posting is None or alert is None:
        raise ValueError("the mail names no posting or no alert")
    for receiver in receivers:
        yield Received(receiver, parsed["Message-ID"], posting[1], alert[1].strip())
