"""What the mail server of the harness reads in a mail of the product."""

import pytest

from backends.channels.base import Message
from backends.channels.mime import address, compose
from chaos.inbox import Received, read_mail
from models.base import new_id, utc_now

POSTING = new_id()


def _mail(text: str) -> bytes:
    message = Message(
        id="delivery-1",
        address="robin@example.com",
        subject="New match",
        text=text,
        html="<p>New match</p>",
        headers=(),
    )
    sender = address("alerts@jobray.localhost", "Jobray")
    return compose(message, sender=sender, sent_at=utc_now()).as_bytes()


def test_a_mail_names_its_posting_and_its_alert() -> None:
    text = (
        f"Baker\n\nhttp://127.0.0.1:8000/jobs/{POSTING}\n\nYour alert: qxtz 4\nManage: http://…\n"
    )
    [mail] = read_mail(["robin@example.com"], _mail(text))
    identity = "<delivery-1@jobray.localhost>"
    assert mail == Received("robin@example.com", identity, POSTING, "qxtz 4")


def test_a_mail_of_something_else_is_not_taken_for_one() -> None:
    with pytest.raises(ValueError, match="names no posting"):
        list(read_mail(["robin@example.com"], _mail("Confirm your address.")))
