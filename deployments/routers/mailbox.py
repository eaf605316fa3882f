"""The mailbox of a system without a mail server: the mails that were kept as files, shown.

It shows everybody's mail, so it answers only where `mailbox_open` is set: a laptop. The HTML of a
mail is served alone, with a policy that lets it run and load nothing, and framed by our page only.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import HTMLResponse, Response

from backends.channels.kept import FOLDER
from deployments.deps import PUBLIC, PortsDep, SettingsDep
from deployments.pages import page
from models.errors import NotFound
from services.ports import Ports

LISTED = 100
_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.eml")
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)


async def _open(settings: SettingsDep) -> None:
    if not settings.mailbox_open:
        raise NotFound()


router = APIRouter(tags=["mail"], dependencies=[PUBLIC, Depends(_open)])
Name = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True)
class _Heading:
    """What a list shows of a mail; `at` is its Date in ISO 8601."""

    name: str
    subject: str
    from_: str
    to: str
    at: str
    shown_at: str


@router.get("/mail", response_class=HTMLResponse, summary="The mails that were kept")
async def mailbox(ports: PortsDep) -> Response:
    """The newest mails first."""
    names: list[str] = []
    async for info in ports.files.list(FOLDER):
        names.append(info.name.removeprefix(f"{FOLDER}/"))
        if len(names) > LISTED:
            break
    mails = [_heading(name, await _mail(ports, name)) for name in names[:LISTED]]
    return page("mailbox", {"mails": mails, "more": len(names) > LISTED})


@router.get("/mail/{name}", response_class=HTMLResponse, summary="One kept mail")
async def read_mail(name: Name, ports: PortsDep) -> Response:
    """Its headers, its text, and its HTML in a frame of its own."""
    mail = await _mail(ports, name)
    text = _content(mail, "plain")
    has_html = mail.get_body(("html",)) is not None
    values = {"mail": _heading(name, mail), "text": text, "has_html": has_html}
    return page("mail", values)


@router.get("/mail/{name}/html", response_class=HTMLResponse, summary="The HTML of a kept mail")
async def read_html(name: Name, ports: PortsDep) -> Response:
    """The mail as a mail program shows it: no script, nothing loaded."""
    html = _content(await _mail(ports, name), "html")
    headers = {
        "Content-Security-Policy": _MAIL_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, headers=headers)


async def _mail(ports: Ports, name: str) -> EmailMessage:
    if not _NAME.fullmatch(name):
        raise NotFound("there is no such mail")
    content = await ports.files.get(f"{FOLDER}/{name}")
    return message_from_bytes(content, policy=default)


def _content(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    if part is None:
        raise NotFound(f"this mail has no {subtype} part")
    return str(part.get_content())


def _heading(name: str, mail: EmailMessage) -> _Heading:
    at = parsedate_to_datetime(str(mail["Date"]))
    return _Heading(
        name=name,
        subject=str(mail["Subject"]),
        from_=str(mail["From"]),
        to=str(mail["To"]),
        at=at.isoformat(),
        shown_at=at.strftime("%d %B %Y, %H:%M:%S UTC"),
    )
