"""Builds the MIME message of a mail: the one place where text becomes headers.

`email.message` refuses CR and LF in a header; the receiver is exactly one addr-spec (RFC 5322),
so that a comma or a display name in an address can never add another. The two list headers of
RFC 8058 are written whole: Python's folding would turn a long address in them into an encoded
word, which no mail program takes for a link. Bodies are quoted-printable, so any relay
passes them unchanged.
"""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from backends.channels.base import Message


class InvalidMail(ValueError):
    """The message cannot be a mail: an address that is not one addr-spec, a header with a line
    break. Trying again would not help."""


class _Subject(UnstructuredHeader, BaseHeader):
    """Plain where it is ASCII, else wholly in encoded words (RFC 2047): Python's own mixture of
    both loses spaces between them."""

    def fold(self, *, policy: Policy) -> str:
        text = str(self)
        if text.isascii():
            return f"{self.name}: {text}{policy.linesep}"
        encoded = Header(text, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {encoded}{policy.linesep}"


class _Whole(UnstructuredHeader, BaseHeader):
    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> Policy:
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "list-unsubscribe-post", "message-id"):
        registry.map_to_type(name, _Whole)
    registry.map_to_type("subject", _Subject)
    return SMTP.clone(header_factory=registry)


_POLICY = _policy()


def compose(message: Message, *, sender: Address, sent_at: datetime) -> EmailMessage:
    """The mail, ready to be sent or kept. Raises InvalidMail."""
    mail = EmailMessage(policy=_POLICY)
    try:
        mail["From"] = sender
        mail["To"] = address(message.address)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(sent_at)
        mail["Message-ID"] = f"<{message.id}@{sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in message.headers:
            mail[name] = value
    except (ValueError, IndexError) as fault:
        raise InvalidMail(str(fault)) from fault
    mail.set_content(message.text, cte="quoted-printable")
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail


def address(text: str, display_name: str = "") -> Address:
    """One addr-spec with an ASCII local part; the domain in its ASCII form (IDNA). Raises
    InvalidMail."""
    try:
        parsed = Address(addr_spec=text)
        domain = parsed.domain.encode("idna").decode("ascii")
        return Address(display_name, parsed.username, domain)
    except (ValueError, IndexError) as fault:
        raise InvalidMail(f"not one mail address: {fault}") from fault
