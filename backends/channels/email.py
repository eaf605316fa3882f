"""Mail over SMTP (RFC 5321), the only file that imports aiosmtplib.

Connections are reused: each send takes an idle one (asked by NOOP whether it still lives) or opens
a new one, so there are never more than sends in flight. STARTTLS is used where the server offers
it. What a reply means for the message: 4xx, timeouts and broken connections are transient; 5xx to
RCPT or DATA is the receiver's last word, permanent. 5xx to the greeting, AUTH or MAIL FROM is about
us, not about this receiver, and an operator can mend it: transient.
"""

from urllib.parse import unquote, urlsplit

import aiosmtplib

from backends.channels.base import Message, Sent
from backends.channels.mime import InvalidMail, address, compose
from models.base import Clock

IDLE_MAX = 4
"""Connections kept open between sends; servers count them."""


class SmtpMail:
    """The Channel adapter for `smtp://user:password@host:port` (STARTTLS when offered) and
    `smtps://…` (TLS from the start). User and password are percent-encoded.

    `timeout_s` bounds each step of the conversation. Raises ValueError for another kind of URL.
    """

    def __init__(self, url: str, *, sender: str, clock: Clock, timeout_s: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail server is given as smtp://host:port or smtps://host:port")
        self._host = parts.hostname
        self._port = parts.port
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._tls = parts.scheme == "smtps"
        self._timeout_s = timeout_s
        self._sender = address(sender, "Jobray")
        self._clock = clock
        self._idle: list[aiosmtplib.SMTP] = []

    async def open(self) -> None:
        """Nothing yet: a mail server that is down must not keep the system from starting."""

    async def close(self) -> None:
        """Say good-bye on every idle connection."""
        while self._idle:
            await _quit(self._idle.pop())

    async def send(self, message: Message) -> Sent:
        """Hand the mail to the server; the reply decides, nothing the server does raises."""
        try:
            mail = compose(message, sender=self._sender, sent_at=self._clock())
        except InvalidMail as fault:
            return Sent("permanent", str(fault))
        receiver = address(message.address).addr_spec
        try:
            connection = await self._connection()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            return Sent("transient", _describe(fault))
        try:
            await connection.sendmail(self._sender.addr_spec, [receiver], mail.as_bytes())
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            connection.close()
            return Sent("permanent" if _final(fault) else "transient", _describe(fault))
        except BaseException:
            connection.close()
            raise
        await self._keep(connection)
        return Sent("delivered")

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.noop()
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                connection.close()
            else:
                return connection
        connection = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._tls,
            timeout=self._timeout_s,
        )
        try:
            await connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    async def _keep(self, connection: aiosmtplib.SMTP) -> None:
        if len(self._idle) < IDLE_MAX:
            self._idle.append(connection)
        else:
            await _quit(connection)


async def _quit(connection: aiosmtplib.SMTP) -> None:
    try:
        await connection.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        connection.close()


def _refusal(fault: BaseException) -> BaseException:
    """The one receiver's refusal inside the list of all of them; any other fault as it is."""
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        return fault.recipients[0]
    return fault


def _final(fault: BaseException) -> bool:
    about_receiver = (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)
    refusal = _refusal(fault)
    return isinstance(refusal, about_receiver) and refusal.code >= 500


def _describe(fault: BaseException) -> str:
    """The reply code or the kind of fault; never the server's text, which may name the address."""
    refusal = _refusal(fault)
    if isinstance(refusal, aiosmtplib.SMTPResponseException):
        return f"the mail server answered {refusal.code}"
    return f"the mail server could not be used: {type(refusal).__name__}"
