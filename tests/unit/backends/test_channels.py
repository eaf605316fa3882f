"""The mail channels: what the server's answers mean, and what a mail looks like on arrival.

The server is aiosmtpd in the test's own loop; its answers are scripted per command.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from hypothesis import given
from hypothesis import strategies as st

from backends.channels import kept
from backends.channels.base import Message
from backends.channels.email import SmtpMail
from backends.channels.kept import KeptMail
from backends.channels.mime import InvalidMail, address, compose
from backends.files.local import LocalFiles

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SENDER = "jobs@board.example"
MESSAGE = Message(
    id="0192f0a0-0000-8000-8000-000000000001",
    address="ada@example.org",
    subject="New match: Développeur at Über GmbH — “Leeds”",
    text="Hello\n.a line that begins with a dot\n",
    html="<p>Grüße</p>",
    headers=(
        ("List-Unsubscribe", f"<https://jobs.example.org/unsubscribe/{'x' * 200}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ),
)


def clock() -> datetime:
    return NOW


@dataclass
class Script:
    """The handler of the server: what it answers to each command, and what it got. An answer of
    None is aiosmtpd's own; `delay_s` comes before the answer to DATA."""

    rcpt: str | None = None
    data: str = "250 OK"
    mail: str | None = None
    delay_s: float = 0.0
    envelopes: list[Envelope] = field(default_factory=list)
    connections: list[asyncio.Transport] = field(default_factory=list)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections.append(server.transport)
        return responses

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Envelope, sender: str, options: Any
    ) -> str:
        if self.mail is not None:
            return self.mail
        envelope.mail_from = sender
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Envelope, receiver: str, options: Any
    ) -> str:
        if self.rcpt is not None:
            return self.rcpt
        envelope.rcpt_tos.append(receiver)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay_s)
        if self.data.startswith("2"):
            self.envelopes.append(envelope)
        return self.data

    def mails(self) -> list[EmailMessage]:
        return [parsed(bytes(each.content or b"")) for each in self.envelopes]


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


@dataclass
class Server:
    script: Script
    url: str
    listener: asyncio.Server

    async def drop(self) -> None:
        """Break every connection, as a restart does."""
        for transport in self.script.connections:
            transport.abort()
        await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self.listener.close()
        await self.drop()


async def serve(script: Script, **options: Any) -> Server:
    def protocol() -> SMTP:
        return SMTP(script, hostname="mail.test", loop=asyncio.get_running_loop(), **options)

    listener = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    return Server(script, f"smtp://127.0.0.1:{port}", listener)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await serve(Script())
    yield server
    await server.stop()


@pytest.fixture
async def channel(server: Server) -> AsyncIterator[SmtpMail]:
    channel = SmtpMail(server.url, sender=SENDER, clock=clock, timeout_s=0.5)
    await channel.open()
    yield channel
    await channel.close()


async def test_a_mail_arrives_whole(server: Server, channel: SmtpMail) -> None:
    assert (await channel.send(MESSAGE)).outcome == "delivered"
    [envelope], [mail] = server.script.envelopes, server.script.mails()
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["ada@example.org"])
    assert mail["Subject"] == MESSAGE.subject
    assert mail["From"] == "Jobray <jobs@board.example>"
    assert mail["Message-ID"] == f"<{MESSAGE.id}@board.example>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] is None
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == MESSAGE.text
    assert html.get_content().strip() == MESSAGE.html


async def test_a_long_unsubscribe_link_stays_a_link(server: Server, channel: SmtpMail) -> None:
    await channel.send(MESSAGE)
    link = dict(MESSAGE.headers)["List-Unsubscribe"]
    assert f"List-Unsubscribe: {link}\r\n".encode() in (server.script.envelopes[0].content or b"")


async def test_one_connection_serves_many_mails(server: Server, channel: SmtpMail) -> None:
    for _ in range(5):
        assert (await channel.send(MESSAGE)).outcome == "delivered"
    assert len(server.script.connections) == 1


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (Script(rcpt="450 mailbox busy"), "transient"),
        (Script(rcpt="452 too many"), "transient"),
        (Script(rcpt="550 no such user"), "permanent"),
        (Script(data="451 local error"), "transient"),
        (Script(data="421 shutting down"), "transient"),
        (Script(data="554 refused"), "permanent"),
        (Script(mail="451 greylisted"), "transient"),
        (Script(mail="550 you may not send"), "transient"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.rcpt or value.mail or value.data,
)
async def test_answers_decide(script: Script, outcome: str) -> None:
    server = await serve(script)
    channel = SmtpMail(server.url, sender=SENDER, clock=clock)
    sent = await channel.send(MESSAGE)
    assert sent.outcome == outcome
    assert "ada" not in sent.detail
    await channel.close()
    await server.stop()


async def test_a_refusal_does_not_spoil_the_next_mail(server: Server, channel: SmtpMail) -> None:
    server.script.rcpt = "550 no such user"
    assert (await channel.send(MESSAGE)).outcome == "permanent"
    server.script.rcpt = None
    assert (await channel.send(MESSAGE)).outcome == "delivered"


async def test_a_silent_server_is_transient(server: Server, channel: SmtpMail) -> None:
    server.script.delay_s = 2.0
    sent = await channel.send(MESSAGE)
    assert (sent.outcome, server.script.envelopes) == ("transient", [])


async def test_a_server_that_restarted_is_connected_anew(server: Server, channel: SmtpMail) -> None:
    await channel.send(MESSAGE)
    await server.drop()
    assert (await channel.send(MESSAGE)).outcome == "delivered"
    assert len(server.script.connections) == 2


async def test_no_server_is_transient(server: Server, channel: SmtpMail) -> None:
    await server.stop()
    assert (await channel.send(MESSAGE)).outcome == "transient"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_user_and_password_are_sent_decoded() -> None:
    seen: list[tuple[bytes, bytes]] = []

    def authenticate(
        server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word", handled=False)

    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    server = await serve(Script(), **options)
    good = SmtpMail(server.url.replace("//", "//me%40x:p%40ss%2Fword@"), sender=SENDER, clock=clock)
    assert (await good.send(MESSAGE)).outcome == "delivered"
    assert seen == [(b"me@x", b"p@ss/word")]
    await good.close()
    bad = SmtpMail(
        server.url.replace("//", "//me:wrong@"), sender=SENDER, clock=clock, timeout_s=1.0
    )
    assert (await bad.send(MESSAGE)).outcome == "transient"
    await server.stop()


@pytest.mark.parametrize("url", ["http://mail:25", "smtp:mail", "mail.example.org:25", ""])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        SmtpMail(url, sender=SENDER, clock=clock)


NOT_ONE_ADDRESS = [
    "ada@example.org, eve@example.org",
    "ada@example.org,eve@example.org",
    "ada@example.org\r\nBcc: eve@example.org",
    "Ada <ada@example.org>",
    "ada@example.org;eve@example.org",
    "ada",
    "",
    "ada@",
    "jürgen@example.org",
]


@pytest.mark.parametrize("receiver", NOT_ONE_ADDRESS)
async def test_what_is_not_one_address_is_never_sent(
    receiver: str, server: Server, channel: SmtpMail
) -> None:
    message = Message("1", receiver, "s", "t")
    assert (await channel.send(message)).outcome == "permanent"
    assert server.script.connections == []


async def test_a_comma_in_a_quoted_address_stays_one_receiver(
    server: Server, channel: SmtpMail
) -> None:
    assert (await channel.send(Message("1", '"a,b"@example.org', "s", "t"))).outcome == "delivered"
    assert server.script.envelopes[0].rcpt_tos == ['"a,b"@example.org']
    assert [each.addr_spec for each in server.script.mails()[0]["To"].addresses] == [
        '"a,b"@example.org'
    ]


@pytest.mark.parametrize(
    "message",
    [
        Message("1", "ada@example.org", "hello\r\nBcc: eve@example.org", "t"),
        Message("1", "ada@example.org", "hello\nBcc: eve@example.org", "t"),
        Message("1\r\nBcc: eve@example.org", "ada@example.org", "s", "t"),
        Message("1", "ada@example.org", "s", "t", headers=(("X-A", "b\r\nBcc: eve@e.org"),)),
        Message("1", "ada@example.org", "s", "t", headers=(("List-Unsubscribe", "<x>\nBcc: y"),)),
    ],
)
def test_a_line_break_in_a_header_raises(message: Message) -> None:
    with pytest.raises(InvalidMail):
        compose(message, sender=address(SENDER), sent_at=NOW)


def test_an_international_domain_is_sent_in_ascii() -> None:
    assert address("ada@bücher.example").addr_spec == "ada@xn--bcher-kva.example"


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
        max_size=30,
    )
)
def test_every_subject_survives_its_encoding(words: list[str]) -> None:
    subject = " ".join(words)
    mail = compose(Message("1", "a@b.example", subject, "t"), sender=address(SENDER), sent_at=NOW)
    assert parsed(mail.as_bytes())["Subject"] == subject


async def test_without_a_server_each_mail_is_a_file(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    await files.open()
    channel = KeptMail(files, sender=SENDER, clock=clock)
    for _ in range(2):
        assert (await channel.send(MESSAGE)).outcome == "delivered"
    names = [info.name async for info in files.list("mail")]
    assert names == [f"mail/{MESSAGE.id}.eml"]
    mail = parsed(await files.get(names[0]))
    assert (mail["To"], mail["Subject"]) == ("ada@example.org", MESSAGE.subject)
    assert (await channel.send(Message("2", "a@b, c@d", "s", "t"))).outcome == "permanent"
    await files.close()


async def test_the_newest_mails_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT_MAX", 6)
    monkeypatch.setattr(kept, "SWEEP_EVERY", 2)
    files = LocalFiles(tmp_path)
    await files.open()

    async def names() -> list[str]:
        return [info.name async for info in files.list("mail")]

    async def send(channel: KeptMail, numbers: range) -> None:
        for number in numbers:
            sent = await channel.send(Message(f"m{number}", "ada@example.org", "s", "t"))
            assert sent.outcome == "delivered"
            os.utime(tmp_path / "mail" / f"m{number}.eml", (number, number))
            counts.append(len(await names()))

    counts: list[int] = []
    await send(KeptMail(files, sender=SENDER, clock=clock), range(20))
    assert counts[:6] == [1, 2, 3, 4, 5, 6]
    assert set(counts[6:]) == {5, 6}
    assert await names() == [f"mail/m{number}.eml" for number in range(19, 13, -1)]
    await send(KeptMail(files, sender=SENDER, clock=clock), range(20, 21))
    assert await names() == [f"mail/m{number}.eml" for number in range(20, 15, -1)]
    await files.close()


async def test_a_folder_that_cannot_be_looked_through_is_a_passing_fault(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    channel = KeptMail(LocalFiles(tmp_path), sender=SENDER, clock=clock)
    assert (await channel.send(MESSAGE)).outcome == "transient"
