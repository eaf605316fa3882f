"""One running system for most end-to-end tests; a test that breaks things starts its own."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from chaos.people import Person
from chaos.running import Running
from servers.ports import free_port


class Inbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append((list(envelope.rcpt_tos), envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[bytes]:
        return [content for recipients, content in self.mails if address in recipients]


@pytest.fixture(scope="session")
def inbox() -> Iterator[tuple[Inbox, int]]:
    received, port = Inbox(), free_port()
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    yield received, port
    controller.stop()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, inbox: tuple[Inbox, int]) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("system")
    running = Running(folder, JOBRAY_SMTP_URL=f"smtp://127.0.0.1:{inbox[1]}").start()
    yield running
    running.stop()


@pytest.fixture
def employer(system: Running) -> Person:
    return Person(system.url, "employer")


@pytest.fixture
def seeker(system: Running) -> Person:
    return Person(system.url, "seeker")
